//! What the outbox holds is told to an address, signed, and told again until it is taken.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;
use serde_json::{Value as Json, json};
use server::Webhook;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::texts::ordered;
use crate::world::World;

const SECRET: [u8; 32] = [7; 32];

/// What somebody is told.
type Told = (HeaderMap, String);

/// Whoever is told: what came, and what is answered next.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<(Vec<Told>, Vec<StatusCode>)>>);

impl Receiver {
    /// Opens on a socket; the address.
    async fn open(&self) -> String {
        let held = Arc::clone(&self.0);
        let take = move |headers: HeaderMap, body: String| async move {
            let mut held = held.lock().unwrap();
            held.0.push((headers, body));
            held.1.pop().unwrap_or(StatusCode::NO_CONTENT)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/hook", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook")
    }

    /// What came, once it is as much as this.
    async fn came(&self, many: usize) -> Vec<Told> {
        for _ in 0..200 {
            let came = self.0.lock().unwrap().0.clone();
            if came.len() >= many {
                return came;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody was told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_told_signed_and_told_again_until_it_is_taken() {
    World::each(async |world| {
        ordered(&world).await;
        let home = json!({"case": "stay", "action": "go_home"});
        world.client("doc").await.done("c1", "act_on_case", home).await;
        let receiver = Receiver::default();
        receiver.0.lock().unwrap().1.push(StatusCode::SERVICE_UNAVAILABLE);
        let secret = format!("whsec_{}", BASE64.encode(SECRET));
        let webhook = Webhook::new(&receiver.open().await, &secret).unwrap();
        let app = world.door(|options| {
            options.webhook = Some(webhook);
            options.wake_seconds = 1;
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let serving = tokio::spawn(server::serve(listener, app, async {
            let _ = stopped.await;
        }));
        receiver.came(1).await;
        world.pass_days(1);
        let came = receiver.came(2).await;
        let (headers, body) = &came[1];
        let said: Json = serde_json::from_str(body).unwrap();
        assert_eq!(said["type"], "notice");
        assert_eq!(said["data"]["ledger"], "c1");
        assert!(said["data"]["words"]["en"].as_str().unwrap().contains("free to go"), "{said}");
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let id = format!("c1-{}", said["data"]["seq"]);
        assert_eq!(text("webhook-id"), id);
        assert_eq!(text("webhook-id"), came[0].0["webhook-id"], "a second copy is known by its id");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
        let signed = format!("{id}.{}.{body}", text("webhook-timestamp"));
        let signature = BASE64.encode(hmac::sign(&key, signed.as_bytes()));
        assert_eq!(text("webhook-signature"), format!("v1,{signature}"));
        stop.send(()).unwrap();
        serving.await.unwrap().unwrap();
        let gauges = world.store.gauges().await.unwrap();
        assert!(gauges.contains(&("outbox_waiting", 0)), "{gauges:?}");
    })
    .await;
}

//! A roster for two communities: good rows land, bad rows come back, sending again changes nothing.

use axum::body::Body;
use serde_json::{Value as Json, json};
use server::read_roster;

use crate::world::{Client, World};

const ROSTER: &str = "编号,社区,网格,楼栋,门牌,姓名,电话,出生,照护人\n\
    1,community c1,grid g2,5号楼,201,孙丽,13900000001,1980,\n\
    2,community c1,grid g2,5号楼,201,孙小小,,2015,1\n\
    3,community c2,一网格,1号楼,301,周强,13900000002,1975,\n\
    4,community c3,,,302,吴一,,1990,\n\
    5,community c1,,,303,郑二,abc,1990,\n\
    6,community c2,,,304,王五,,1990,没有的人\n";

async fn send(who: &Client, ledger: &str, bytes: Vec<u8>) -> crate::world::Answer {
    let request = who.request("POST", &format!("/api/roster?ledger={ledger}"));
    who.send(
        request.header("content-type", "application/octet-stream").body(Body::from(bytes)).unwrap(),
    )
    .await
}

fn counts(receipt: &Json) -> (u64, u64, u64) {
    let of = |name: &str| receipt[name].as_u64().unwrap();
    (of("good"), of("bad"), of("unchanged"))
}

#[tokio::test]
async fn good_rows_land_bad_rows_come_back_and_again_changes_nothing() {
    World::each(async |world| {
        let (lin, zhou) = (world.client("lin").await, world.client("zhou").await);
        let receipt = send(&lin, "s", ROSTER.as_bytes().to_vec()).await.json();
        assert_eq!(counts(&receipt), (3, 3, 0), "{receipt:#}");
        let path = receipt["workbook"].as_str().unwrap();
        let back = lin.get(path).await;
        let back = read_roster(&back.bytes, jiff::civil::date(2020, 2, 1)).unwrap();
        let told: Vec<&str> =
            back.lines.iter().map(|line| line.cells.last().unwrap().as_str()).collect();
        insta::assert_json_snapshot!("what_is_wrong_with_bad_rows", told);
        assert_eq!(zhou.get(path).await.status, 404, "only whoever sent it gets it back");
        let again = send(&lin, "s", ROSTER.as_bytes().to_vec()).await.json();
        assert_eq!(counts(&again), (0, 3, 3));
        let changed = ROSTER.replace("13900000002", "13900000009");
        let changed = send(&lin, "s", changed.into_bytes()).await.json();
        assert_eq!(counts(&changed), (1, 3, 2));
        let homes = zhou.see("/api/places/g2").await["households"].clone();
        assert_eq!((homes.as_array().unwrap().len(), &homes[0]["people"]), (1, &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn the_template_can_be_sent_back_as_it_is() {
    World::each(async |world| {
        let zhou = world.client("zhou").await;
        let template = zhou.get("/api/roster/template.xlsx").await;
        let receipt = send(&zhou, "c1", template.bytes).await.json();
        assert_eq!(counts(&receipt), (2, 0, 0), "{receipt:#}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_roster_is_refused_and_nothing_lands() {
    World::each(async |world| {
        let (zhou, chen) = (world.client("zhou").await, world.client("chen").await);
        for (bytes, code) in [
            (b"PK\x03\x04 no zip".to_vec(), "not_a_workbook"),
            (vec![0; 100], "not_a_workbook"),
            ("a,b\n1,2\n".as_bytes().to_vec(), "columns_missing"),
            (vec![b'a'; 5 * 1024 * 1024 + 1], "body_too_large"),
        ] {
            assert_eq!(send(&zhou, "c1", bytes).await.code(), code);
        }
        assert_eq!(send(&chen, "c1", ROSTER.as_bytes().to_vec()).await.code(), "may_not_see");
        assert_eq!(send(&zhou, "c2", ROSTER.as_bytes().to_vec()).await.status, 404);
    })
    .await;
}

//! `linli demo`: an invented street with its people, its places and the packs in force.

mod found;
mod street;

use std::path::Path;

use anyhow::Result;
use server::Demo;
use server::wire::Words;
use server::wire::session::DemoPerson;

use crate::arguments;
use crate::{deployment, serve};
use street::Street;

/// Makes the street if it is not there, and serves it.
///
/// # Errors
/// When the folder or the address cannot be used.
pub(crate) async fn run(demo: &arguments::Demo) -> Result<()> {
    let dir = demo.place.dir.as_deref().unwrap_or_else(|| Path::new("linli-demo"));
    let store = deployment::open(dir, demo.place.database.as_deref()).await?;
    let street = Street::built_in();
    let told = found::found(&store, &street, demo.seed).await?;
    for line in told {
        println!("{line}");
    }
    if demo.no_serve {
        store.sign_heads().await?;
        return Ok(());
    }
    serve::serve(store, demo.listen, Some(Demo { people: people(&street) })).await
}

/// Those who are offered on the sign-in page.
fn people(street: &Street) -> Vec<DemoPerson> {
    let words = |text: &str| Words::from(&street::words(text));
    let role = |name: &str| {
        let known = domain::Role::FIXED.iter().find(|(id, ..)| *id == name);
        let (zh, en) = known.map_or((name, name), |(_, zh, en)| (*zh, *en));
        Words::from(&domain::Words::new(zh, en))
    };
    let place = |id: &str| {
        let line = street.places.iter().find(|line| line.id == id);
        line.map_or_else(|| "邻里 Linli".to_owned(), |line| line.name.clone())
    };
    let workers = street.people.iter().map(|it| DemoPerson {
        account: it.name.clone(),
        name: it.display.clone(),
        role: role(&it.role),
        place: place(&it.place),
        about: words(&it.about),
    });
    let residents = street.residents.iter().map(|it| DemoPerson {
        account: it.name.clone(),
        name: it.display.clone(),
        role: role(domain::Role::RESIDENT),
        place: place(&it.community),
        about: words(&it.about),
    });
    workers.chain(residents).collect()
}

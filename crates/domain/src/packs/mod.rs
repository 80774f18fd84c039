//! Packs in force in a ledger and below it.

mod adopt_pack;
mod drop_pack;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::PackId;
use crate::states::{AsThing, Changes, Index, Key, Thing};

pub use adopt_pack::AdoptPack;
pub use drop_pack::DropPack;

/// The packs that are in force in a ledger and in those below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packs {
    /// Version and hash by pack.
    pub adopted: BTreeMap<PackId, Adopted>,
}

/// A pack in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// Its version.
    pub version: String,
    /// Its hash.
    pub hash: String,
}

impl Packs {
    pub(crate) fn index(&self) -> Index {
        Index::default()
    }
}

/// The only thing of its kind in a ledger, made when it is first needed.
pub(crate) fn the_only<T: AsThing + Default>(states: &mut impl Changes, key: &Key) -> Thing {
    states.change(key).cloned().unwrap_or_else(|| T::default().into_thing())
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    let key = Key::packs();
    match fact {
        Fact::PackAdopted { pack, version, hash, .. } => {
            let mut thing = the_only::<Packs>(states, &key);
            if let Some(packs) = Packs::of_mut(&mut thing) {
                let adopted = Adopted { version: version.clone(), hash: hash.clone() };
                packs.adopted.insert(pack.clone(), adopted);
            }
            states.create(key, thing);
        }
        Fact::PackDropped { pack, .. } => {
            let mut thing = the_only::<Packs>(states, &key);
            if let Some(packs) = Packs::of_mut(&mut thing) {
                packs.adopted.remove(pack);
            }
            states.create(key, thing);
        }
        _ => {}
    }
}

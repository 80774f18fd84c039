//! The shape that all facts share: a name on the wire, a version, and fields.

macro_rules! facts {
    ($(
        $(#[$about:meta])*
        $name:ident = $wire:literal $version:literal
        { $( $(#[$field_about:meta])* $field:ident : $type:ty ),* $(,)? }
    )+) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "fact", content = "body")]
        pub enum Fact {
            $($(#[$about])* #[serde(rename = $wire)] $name {
                $( $(#[$field_about])* $field: $type ),*
            },)+
        }

        impl Fact {
            /// Every fact's name on the wire with its version.
            pub const ALL: &'static [(&'static str, u16)] = &[$(($wire, $version)),+];

            /// Its name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name { .. } => $wire,)+ }
            }

            /// The version of its shape.
            #[must_use]
            pub fn version(&self) -> u16 {
                match self { $(Self::$name { .. } => $version,)+ }
            }
        }
    };
}

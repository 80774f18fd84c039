//! XPath as ODK forms use it: parsed, checked and evaluated.

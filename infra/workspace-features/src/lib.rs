//! Nothing: a package that depends on this one is built with the features that the whole workspace
//! enables of the crates of others, so that no selection of packages compiles them anew.

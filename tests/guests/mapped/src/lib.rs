//! Nothing here: the modules are this package's examples, so that one cargo command builds them all.
#![no_std]

//! Builds the executable anew when a front end has been built since: the
//! folders may be missing at first, which the embedding macro doesn't watch.

fn main() {
    for folder in ["../dist/app", "../dist/widget", "../widget/loader", "demo"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}

//! How large a minimal program becomes, size-optimised and stripped.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Bound, Report};

const SUBJECT: &str = "A minimal program, size-optimised and stripped";

const PROFILE: &str = "[profile.release]\nopt-level = \"z\"\nlto = true\ncodegen-units = 1\npanic = \"abort\"\nstrip = true\n\n[workspace]\n";

const BLOCKING: &str = r#"
use agentmc_blocking::{Api, Client, Credential, ops::tasks::ShowTask};
fn main() {
    let api = Api::new(Credential::api_key(&std::env::var("KEY").unwrap()).unwrap());
    let api = api.base_url(&std::env::var("URL").unwrap()).unwrap();
    println!("{}", Client::new(api).send(&ShowTask::new(5)).unwrap().title);
}
"#;

const ASYNC: &str = r#"
use agentmc_async::{Api, Client, Credential, ops::tasks::ShowTask};
fn main() {
    let api = Api::new(Credential::api_key(&std::env::var("KEY").unwrap()).unwrap());
    let api = api.base_url(&std::env::var("URL").unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{}", runtime.block_on(Client::new(api).unwrap().send(&ShowTask::new(5))).unwrap().title);
}
"#;

const UREQ: &str = r#"
#[derive(serde::Deserialize)]
struct Reply { data: Task }
#[derive(serde::Deserialize)]
struct Task { title: String }
fn main() {
    let reply = ureq::get(std::env::var("URL").unwrap()).header("x-api-key", std::env::var("KEY").unwrap()).call();
    let body = reply.unwrap().body_mut().read_to_vec().unwrap();
    println!("{}", serde_json::from_slice::<Reply>(&body).unwrap().data.title);
}
"#;

const REQWEST: &str = r#"
#[derive(serde::Deserialize)]
struct Reply { data: Task }
#[derive(serde::Deserialize)]
struct Task { title: String }
fn main() {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let body = runtime.block_on(async {
        let request = client.get(std::env::var("URL").unwrap()).header("x-api-key", std::env::var("KEY").unwrap());
        request.send().await.unwrap().bytes().await.unwrap()
    });
    println!("{}", serde_json::from_slice::<Reply>(&body).unwrap().data.title);
}
"#;

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

pub(crate) fn measure(report: &mut Report) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let of = |name: &str, features: &str| {
        let path = crates.join(name);
        format!(
            "{name} = {{ path = {path:?}, default-features = false, features = [{features}] }}\n"
        )
    };
    let tokio = "tokio = { version = \"1\", default-features = false, features = [\"rt\", \"net\", \"time\"] }\n";
    let ureq = format!(
        "{SERDE}ureq = {{ version = \"~3.5\", default-features = false, features = [\"rustls\"] }}\n"
    );
    let reqwest = format!(
        "{SERDE}{tokio}reqwest = {{ version = \"0.13.5\", default-features = false, features = [\"rustls-no-provider\", \"system-proxy\"] }}\n\
         rustls = {{ version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }}\nwebpki-roots = \"1.0\"\n"
    );
    let (ureq, reqwest) = (built("ureq", &ureq, UREQ), built("reqwest", &reqwest, REQWEST));
    let all = r#""brotli", "gzip", "realtime""#;
    let rows = [
        (
            "agentmc-blocking without features, over bare ureq",
            of("agentmc-blocking", ""),
            BLOCKING,
            ureq,
            Some(1.25),
        ),
        (
            "agentmc-blocking with everything, over bare ureq",
            of("agentmc-blocking", all),
            BLOCKING,
            ureq,
            None,
        ),
        (
            "agentmc-async without features, over bare reqwest",
            of("agentmc-async", "") + tokio,
            ASYNC,
            reqwest,
            Some(1.25),
        ),
        (
            "agentmc-async with everything, over bare reqwest",
            of("agentmc-async", all) + tokio,
            ASYNC,
            reqwest,
            None,
        ),
    ];
    for (number, (what, dependencies, program, bare, target)) in rows.into_iter().enumerate() {
        let size = built(&format!("ours-{number}"), &dependencies, program);
        let aside = format!("{} against {}", megabytes(size), megabytes(bare));
        let target = target.map(|target| (Bound::AtMost, target));
        report.figure(SUBJECT, what, size as f64 / bare as f64, target, aside);
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

/// The size of a program, in bytes.
fn built(name: &str, dependencies: &str, program: &str) -> u64 {
    let folder = target().join("sizes").join(name);
    std::fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"minimal-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}\n{PROFILE}"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    std::fs::write(folder.join("src/main.rs"), program).expect("a program");
    let shared = target().join("sizes/target");
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--target-dir"])
        .arg(&shared)
        .current_dir(&folder)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "{name} does not build");
    let binary =
        shared.join("release").join(format!("minimal-{name}{}", std::env::consts::EXE_SUFFIX));
    std::fs::metadata(binary).expect("the program").len()
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

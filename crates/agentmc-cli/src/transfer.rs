//! `agentmc files upload` and `agentmc files download`: the bytes of files.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use agentmc_blocking::{Client, NewFile};
use agentmc_core::{Endpoint, find};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use serde_json::{Map, Value, json};

use crate::args::Common;
use crate::columns;
use crate::failure::Failure;
use crate::input;
use crate::interrupt;
use crate::note;
use crate::output::Output;
use crate::perform::{self, Request};
use crate::progress::Bar;
use crate::resource::sending::Sending;
use crate::target::Target;
use crate::view::View;

/// The resource that uploads belong to, and the operations they begin with.
pub(crate) const RESOURCE: &str = "files";
pub(crate) const DOWNLOAD: &str = "downloadFile";
const TICKET: &str = "createFileUpload";

/// How much of standard input is taken, in bytes. It is kept in memory; a file has no limit here.
const MOST: u64 = 256 << 20;

/// What a download does beyond its operation.
pub(crate) const ABOUT_DOWNLOAD: &str = "The content is fetched from storage, without a credential, and held against its size and SHA-256. A file is in \
     its place only once it is complete. --dry-run and --curl show the request that asks where the content is.";

/// The page of `files upload`, which is three operations.
pub(crate) const PAGE: &str = "\
# agentmc files upload

Uploads a file.

It asks for a ticket (`createFileUpload`), sends the content to storage, and makes the file (`createFile`). The content \
of a file is streamed, whatever its size; standard input is read to its end first, and may have 256 MiB. Its SHA-256 is held against what the \
service says of the file. `--dry-run` and `--curl` show the request for the ticket, which has no folder and no owner.

    agentmc files upload <PATH> [options]

## Parameters

- `<PATH>`: The file to upload, or `-` for standard input, which needs a `--name`.
- `--name`: The name to show; by default the file's.
- `--folder-id`: The folder to put it in.
- `--owner-agent-id`: The agent that owns it.
- `--mime-type`: Its media type, such as `text/plain`; by default what the ending of its name stands for.

## Examples

    agentmc files upload report.pdf
    agentmc files upload notes.md --folder-id 2 --name 'Notes of Monday'
";

/// The id of the argument that says where to put the content.
const PATH: &str = "path";

/// What `files upload` takes.
#[derive(Debug, clap::Args)]
struct Upload {
    /// The file to upload, or - for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: PathBuf,
    /// The name to show [default: the file's]
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The folder to put it in
    #[arg(long, value_name = "NUMBER")]
    folder_id: Option<u64>,
    /// The agent that owns it
    #[arg(long, value_name = "NUMBER")]
    owner_agent_id: Option<u64>,
    /// Its media type, such as text/plain [default: by the ending of its name]
    #[arg(long, value_name = "TYPE")]
    mime_type: Option<String>,
}

/// `agentmc files upload`.
pub(crate) fn upload_command() -> Command {
    let command = Command::new("upload").next_help_heading("Parameters");
    let command = View::augment_args(Sending::augment_args(Upload::augment_args(command)));
    let command = command.about("Uploads a file").long_about(None::<&str>);
    let command =
        command.mut_arg("all", |arg| arg.hide(true)).mut_arg("json", |arg| arg.hide(true));
    command.mut_arg("watch", |arg| arg.hide(true)).after_help(
        "It asks for a ticket, sends the content to storage, and makes the file. The content of a file is streamed, \
         whatever its size; standard input is read to its end first, and may have 256 MiB. Its SHA-256 is held against what the service says \
         of the file. --dry-run and --curl show the request for the ticket, which has no folder and no owner.\n\nExamples:\n  agentmc files upload report.pdf\n  agentmc files upload notes.md --folder-id 2 --name 'Notes of Monday'",
    )
}

/// Adds what a download takes beyond the parameters of its operation.
pub(crate) fn extend(command: Command, endpoint: &Endpoint) -> Command {
    if endpoint.id != DOWNLOAD {
        return command;
    }
    let path = Arg::new(PATH).value_name("PATH").value_hint(ValueHint::AnyPath);
    command.arg(path.help(
        "Where to put the content: a file, a folder, or - for standard output [default: its name, here]",
    ))
}

/// Runs `agentmc files upload`.
pub(crate) fn upload(
    common: &Common,
    matches: &ArgMatches,
    out: &mut Output,
) -> Result<(), Failure> {
    let args =
        Upload::from_arg_matches(matches).map_err(|error| Failure::input(error.to_string()))?;
    let (sending, view) = (Sending::of(matches)?, View::of(matches)?);
    for (flag, given) in [
        ("--all", sending.all),
        ("--json", sending.json.is_some()),
        ("--watch", view.watch.is_some()),
    ] {
        if given {
            return Err(Failure::input(format!("{flag} means nothing to `agentmc files upload`")));
        }
    }
    let target = Target::new(common)?;
    let (file, filename) = new_file(&args)?;
    if sending.only_shown() {
        let params = ticket(&args, &filename)?;
        note::say(
            common.quiet,
            "this is the first request of three: the content goes to storage, and createFile names its folder and owner",
        );
        let endpoint = find(TICKET)?;
        return perform::run(target, common, Request { endpoint, params, sending, view }, out);
    }
    out.at(target.now);
    refuse_columns(&view, &target, out)?;
    let client = Client::new(target.api.clone());
    let mut bar = Bar::new(&filename, common.hides_progress());
    let upload = client.upload(file).on_progress(|progress| bar.show(progress));
    let uploaded = if args.path == Path::new("-") {
        upload.from_bytes(standard_input()?)
    } else {
        upload.from_path(&args.path)
    };
    let uploaded = uploaded?;
    drop(bar);
    shown(find("showFile")?, &view, &json!({"data": uploaded}), out)
}

/// All of it: how much there is must be said before any of it is sent.
fn standard_input() -> Result<Vec<u8>, Failure> {
    input::standard_input(MOST)
}

fn new_file(args: &Upload) -> Result<(NewFile, String), Failure> {
    let filename = args.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let filename = match (filename, &args.name) {
        (Some(name), _) if name != "-" => name,
        (_, Some(name)) => name.clone(),
        _ => return Err(Failure::input("what comes from standard input needs a --name")),
    };
    let mut file = NewFile::new(&filename);
    if let Some(name) = &args.name {
        file = file.display_name(name);
    }
    if let Some(folder) = args.folder_id {
        file = file.folder_id(folder);
    }
    if let Some(agent) = args.owner_agent_id {
        file = file.owner_agent_id(agent);
    }
    if let Some(kind) = &args.mime_type {
        file = file.mime_type(kind);
    }
    Ok((file, filename))
}

/// The parameters of the first request of an upload.
fn ticket(args: &Upload, filename: &str) -> Result<Map<String, Value>, Failure> {
    let size = if args.path == Path::new("-") {
        standard_input()?.len() as u64
    } else {
        let size = std::fs::metadata(&args.path).map(|metadata| metadata.len());
        size.map_err(|error| {
            Failure::input(format!("the file {} cannot be read: {error}", args.path.display()))
        })?
    };
    let kind = args.mime_type.as_deref();
    let kind = kind.unwrap_or_else(|| agentmc_core::transfer::media_type(filename));
    let params = json!({"filename": filename, "byte_size": size, "mime_type": kind});
    Ok(params.as_object().cloned().unwrap_or_default())
}

/// Runs `agentmc files download`.
pub(crate) fn download(
    target: &Target,
    common: &Common,
    request: &Request,
    matches: &ArgMatches,
    out: &mut Output,
) -> Result<(), Failure> {
    out.at(target.now);
    if request.view.watch.is_some() || request.sending.all {
        return Err(Failure::input(
            "a download is made once: --all and --watch mean nothing to it",
        ));
    }
    refuse_columns(&request.view, target, out)?;
    // What cannot be sent is refused before a file is touched.
    target.api.call_by_name(DOWNLOAD, request.params.clone())?;
    let id =
        request.params.get("id").and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok()));
    let id = id.ok_or_else(|| Failure::input("<ID> must be a whole number"))?;
    let client = Client::new(target.api.clone());
    let path = matches.get_one::<String>(PATH).map(String::as_str);
    if path == Some("-") {
        client.download(id).to_writer(io::stdout().lock())?;
        return Ok(());
    }
    let path = place(&client, id, path)?;
    let mut part = Part::new(&path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut bar = Bar::new(name, common.hides_progress());
    let downloaded = client.download(id).on_progress(|progress| bar.show(progress));
    let file = downloaded.to_writer(part.file())?;
    drop(bar);
    part.finish(&path)?;
    let mut value = json!({"data": file});
    value["data"]["path"] = path.display().to_string().into();
    shown(find("showFile")?, &request.view, &value, out)
}

/// Refuses columns that a file has not.
fn refuse_columns(view: &View, target: &Target, out: &Output) -> Result<(), Failure> {
    if !out.has_columns() {
        return Ok(());
    }
    let more = json!({PATH: null});
    columns::refuse_unseen(view, find("showFile")?, target.api.spoken_revision(), &[&more])
}

fn shown(endpoint: &Endpoint, view: &View, value: &Value, out: &mut Output) -> Result<(), Failure> {
    Ok(out.reply(endpoint, view, view.of_reply(value.clone()))?)
}

/// Where the content goes. A name that the service gives leads to no other folder.
fn place(client: &Client, id: u64, path: Option<&str>) -> Result<PathBuf, Failure> {
    let folder = match path.map(PathBuf::from) {
        Some(path) if !path.is_dir() => return Ok(path),
        Some(folder) => folder,
        None => PathBuf::from("."),
    };
    let params = Map::from_iter([("id".to_owned(), id.into())]);
    let reply = client.call("showFile", params)?;
    let name = ["display_name", "original_filename"]
        .iter()
        .find_map(|name| reply["data"][name].as_str())
        .unwrap_or_default();
    let safe = !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(|char: char| char.is_control() || "/\\:".contains(char));
    let there = folder.join(name);
    if !safe {
        return Err(Failure::input("the file has a name that cannot be used here: give a PATH"));
    }
    if there.exists() {
        return Err(Failure::input(format!(
            "{name} is already there: give its PATH to replace it, or another to put it elsewhere"
        )));
    }
    Ok(if path.is_none() { PathBuf::from(name) } else { there })
}

/// A file that has its name only once it is complete. Dropped unfinished, or at Ctrl-C, it is gone.
struct Part(tempfile::NamedTempFile);

impl Part {
    fn new(path: &Path) -> Result<Self, Failure> {
        // A file may be replaced; a device, say, may not.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            let other = io::Error::other("something other than a file is there");
            return Err(unwritable(path, other));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".agentmc-").suffix(".part");
        // As readable as any new file: the process's mask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).map_err(|error| unwritable(path, error))?;
        // But what only some may read stays so when it is replaced.
        #[cfg(unix)]
        if let Ok(there) = path.metadata() {
            let set = file.as_file().set_permissions(there.permissions());
            set.map_err(|error| unwritable(path, error))?;
        }
        interrupt::remove(Some(file.path()))?;
        Ok(Self(file))
    }

    fn file(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    fn finish(mut self, path: &Path) -> Result<(), Failure> {
        let there = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let flushed = self.0.flush().and_then(|()| self.0.as_file().sync_all());
        flushed.map_err(|error| unwritable(path, error))?;
        self.0.persist(there).map_err(|error| unwritable(path, error.error))?;
        interrupt::remove(None)
    }
}

fn unwritable(path: &Path, error: io::Error) -> Failure {
    Failure::io(format!("{} cannot be written", path.display()), error)
}

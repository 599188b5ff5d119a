//! What `agentmc` alone says.

use clap::Command;

use crate::look;
use crate::resource::naming;
use crate::table::wrap;

const AFTER: &str = "\
Examples:
  agentmc tasks list --board-id 1
  agentmc boards list -o csv --columns id,name
  agentmc call listTasks board_id=1 --dry-run

`agentmc COMMAND --help` explains a command, `agentmc docs ID` an operation.

The API key comes from the environment variable AGENTMC_API_KEY, from --api-key-file or from the profile, where \
`agentmc auth login` keeps it; never from an argument, where other users of this machine could see it. The other credentials come from AGENTMC_AGENT_TOKEN, AGENTMC_BEARER_TOKEN, \
AGENTMC_CONNECT_TOKEN and AGENTMC_SESSION_COOKIE.

Exit codes: 0 done; 1 the server refused, or its reply could not be understood; 2 usage or invalid input, nothing was \
changed; 3 the connection, or input and output, failed; 130 Ctrl-C. With -o json errors are JSON, too.";

/// Makes the root say what there is, in groups.
pub(crate) fn add(root: Command) -> Command {
    let resources: Vec<String> =
        naming::names().filter_map(|name| name.words().next().map(str::to_owned)).collect();
    let mut groups = [("What there is", Vec::new()), ("Tools", Vec::new())];
    let width = root.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    for command in root.get_subcommands() {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let group = usize::from(!resources.iter().any(|resource| resource == name));
        let line = format!("  {name:<width$}  {about}");
        groups[group].1.push(wrap(&line, Some(look::width_of_help()), 0, width + 4));
    }
    let mut template = "{about}\n\n{usage-heading} {usage}\n\n".to_owned();
    for (heading, lines) in groups {
        template.push_str(&format!("{heading}:\n{}\n\n", lines.join("\n")));
    }
    template.push_str("Options:\n{options}{after-help}");
    root.help_template(template).after_help(AFTER)
}

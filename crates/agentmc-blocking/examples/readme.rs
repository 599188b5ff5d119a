//! The example of the README.
#![allow(clippy::print_stdout, reason = "an example prints")]

use agentmc_blocking::ops::tasks::{CreateTask, ListTasks, UpdateTask};
use agentmc_blocking::{Api, Client, Credential};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = Credential::api_key(&std::env::var("AGENTMC_API_KEY")?)?;
    let client = Client::new(Api::new(key));

    let task =
        client.send(&CreateTask::new(3, 8, "Ship it", "All of it.").assigned_to_agent_id(7))?;
    client.send(&UpdateTask::new(task.id).title("Ship it today").due_at(None))?; // None clears

    for task in client.list(ListTasks::new().board_id(3).archived(false)) {
        println!("{}", task?.title); // page after page, as they are needed
    }
    Ok(())
}

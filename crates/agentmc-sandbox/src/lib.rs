//! An AgentMC server in the process.

"""The parts of the work that a country switches on, child protection first."""

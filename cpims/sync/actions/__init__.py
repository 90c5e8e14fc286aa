"""Deliveries from devices."""

"""What the service did and has still to do: runs, attempts, deliveries, troubles."""

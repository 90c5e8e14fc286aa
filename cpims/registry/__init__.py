"""Registry records: farmers, foster carers and others who are registered beside the children."""

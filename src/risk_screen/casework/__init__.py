"""What may happen to a consultation, a hold and an enterprise, and until when: knows no table and no clock."""

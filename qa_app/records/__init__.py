"""What is kept of answers: receipts, their verification and export, conversations."""

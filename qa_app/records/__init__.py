"""What is kept of answers: receipts, their verification and export, conversations."""

from qa_app.records.conversations import Conversations, Feedback, KeptTurn, conversations_file
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt, receipt, receipt_json
from qa_app.records.verification import Verified, verify

__all__ = [
    # Keep
    "BrokenReceipt",
    "Receipt",
    "parse_receipt",
    "receipt",
    "receipt_json",
    # Check later
    "Verified",
    "verify",
    # Remember
    "Conversations",
    "Feedback",
    "KeptTurn",
    "conversations_file",
]

"""What is kept of answers: receipts, their verification and export, conversations."""

from qa_app.records.conversations import Conversations, conversations_file
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt, receipt, receipt_json
from qa_app.records.turns import KeptTurn, View
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
    "View",
    "conversations_file",
]

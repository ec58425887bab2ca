"""What is stored of answers: receipts, their verification and export, conversations, feedback."""

from qa_app.records.conversations import Conversations, conversations_file, conversations_place
from qa_app.records.feedback import Feedback
from qa_app.records.receipts import BrokenReceipt, Receipt, parse_receipt, receipt, receipt_json
from qa_app.records.turns import KeptTurn, View
from qa_app.records.verification import Verified, verify

__all__ = [
    # Receipts
    "BrokenReceipt",
    "Receipt",
    "parse_receipt",
    "receipt",
    "receipt_json",
    # Check them
    "Verified",
    "verify",
    # Conversations
    "Conversations",
    "Feedback",
    "KeptTurn",
    "View",
    "conversations_file",
    "conversations_place",
]

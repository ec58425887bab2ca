"""The web page: it displays what the pipeline yields and what the corpus service does, and decides nothing."""

from qa_app.serving.page.stubs import leave_out_stubs

leave_out_stubs()  # before any module of the page imports gradio

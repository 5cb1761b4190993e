"""The text of a page of the guide: idea, numbers, parameters, papers, questions."""

from __future__ import annotations

import streamlit as st

from .. import reference
from ..guide import documents, read, tour
from ..guide.page import Family
from ..guide.read import Question
from . import guide_tour, rooms


def show_idea(name: str) -> None:
    """Title and idea."""
    text = read.text(name)
    st.markdown(f"# {text.title}\n\n{read.linked(text.idea)}")


def show_rest(family: Family) -> None:
    """All that stands behind the picture."""
    st.markdown(read.linked(read.text(family.name).rest))
    st.markdown("## Parameters")
    for block in tour.blocks(family):
        with st.expander(f"`{block.word}`: {block.title}", key=f"guide_block_{block.word}"):
            st.markdown(f"{reference.about(block)}\n\n{reference.table(block)}")
    st.markdown("## Papers\n\n" + "\n".join(f"* {documents.citation(reading)}" for reading in family.papers))
    asked = [question for question in read.questions() if question.number in family.questions]
    if asked:
        st.markdown("## Readers asked")
        for question in asked:
            with st.expander(question.title, key=f"guide_question_{question.number}"):
                st.markdown(read.linked(question.answer))
    st.markdown("## In the zoo")
    with st.container(key="guide_rows", horizontal=True, gap="small"):
        for row in family.rows:
            rooms.row_link(row)


def show_questions() -> None:
    """All readers' questions, each with the pages that its answer points to."""
    show_idea(tour.QUESTIONS)
    for question in read.questions():
        st.markdown(f"## {question.number}. {question.title}\n\n{read.linked(question.answer)}")
        _pages(question)


def _pages(question: Question) -> None:
    with st.container(horizontal=True, gap="small"):
        for name in question.pages:
            st.button(
                tour.titled(name),
                key=f"guide_from_{question.number}_{name}",
                icon=":material/arrow_forward:",
                type="tertiary",
                on_click=guide_tour.go,
                args=(name,),
            )

"""The page server's side of the pages: session, components, tables. The only package code that imports Streamlit."""

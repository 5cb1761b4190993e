"""The guided tour through the families of networks: texts whose numbers are worked out, examples, papers, questions."""

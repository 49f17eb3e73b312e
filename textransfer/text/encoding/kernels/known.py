"""Which known words each document holds, from the numbers of its words."""

from textransfer.compiling import compiled


@compiled
def gather_known(ids, ends, rows, n_rows, is_distinct, latest, keys, n_known, n_kept):
    """Write a number for each known word of documents: n_rows times the document, and its row.

    ids : int32, by token; ends : int64, by document; rows : int64, by word, -1 where it is unknown;
    latest : int32, by word, all -1, for this function's own use; keys : int32 or int64, as long as ids,
    filled; n_known, n_kept : int64, by document, filled with the tokens that are known, and with those that
    were written: each word once if `is_distinct`.

    Returns how many were written.
    """
    n_keys = start = 0
    for document in range(ends.size):
        first = n_keys
        own = document * n_rows
        known = 0
        for i in range(start, ends[document]):
            word = ids[i]
            row = rows[word]
            if row < 0:
                continue
            known += 1
            if is_distinct:
                if latest[word] == document:
                    continue
                latest[word] = document
            keys[n_keys] = own + row
            n_keys += 1
        n_known[document] = known
        n_kept[document] = n_keys - first
        start = ends[document]
    return n_keys

"""Mark negated words among numbered ones: the compiled twin of `mark_negated`."""

from textransfer.compiling import compiled


@compiled
def mark_numbers(ids, ends, is_negation, is_bridge, n_turned, most_bridges, places, order):
    """Give the words of documents new numbers, in order of first appearance; negated ones are new words.

    ids : int32, by token, changed; ends : int64, by document; is_negation, is_bridge : bool (V,), by word;
    n_turned, most_bridges : as of `mark_negated`; places : int32 (2V,), all -1, for this function's own use;
    order : int32 (2V,), filled with what each new number stands for: w for word w as it is, V + w for the
    negated one.

    Returns how many words there are now.
    """
    n_words = is_negation.size
    n_found = start = 0
    for document in range(ends.size):
        n_left = n_bridges = 0
        for i in range(start, ends[document]):
            word = ids[i]
            if is_negation[word]:
                n_left, n_bridges = n_turned, most_bridges
            elif n_left > 0 and n_bridges > 0 and is_bridge[word]:
                n_bridges -= 1
            elif n_left > 0:
                word += n_words
                n_left -= 1
            if places[word] < 0:
                places[word] = n_found
                order[n_found] = word
                n_found += 1
            ids[i] = places[word]
        start = ends[document]
    return n_found


@compiled
def spell_numbers(arena, bounds, order, prefix, new_arena, new_bounds):
    """Write the words that new numbers stand for, as `order` says; negated ones after the prefix.

    arena, prefix, new_arena : uint8; bounds : int64 (V + 1,); new_bounds : int64, one more than in order.
    """
    n_words = bounds.size - 1
    for i in range(order.size):
        word, top = order[i], new_bounds[i]
        if word >= n_words:
            word -= n_words
            for k in range(prefix.size):
                new_arena[top] = prefix[k]
                top += 1
        for k in range(bounds[word], bounds[word + 1]):
            new_arena[top] = arena[k]
            top += 1

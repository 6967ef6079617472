"""Live updates: which open page hears that something changed.

    consumer   one socket: who is it, may it come in
    hub        the sockets of this process and the groups they are in
    tail       reads the `LiveEvent` rows that were committed
    roll       reads who may (still) hear what
    desk       the loop that runs all of it, once per process

An event carries ids only; the page then asks for the part it shows, and the scope rule is applied
where it is read. Nothing here is remembered: a page asks for all its live parts when it connects.
"""

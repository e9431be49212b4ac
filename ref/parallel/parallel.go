// Package parallel seals and opens Cobblestone-256 messages as package cobblestone
// does, and faster: in spans of several chunks, on all processors. It is no part of the
// reference, which is to be read beside the specification, and says nothing about the
// format that cobblestone does not.
//
// Its Writer and ReaderAt behave exactly as those of cobblestone: they yield the same
// bytes and then the same error, whatever the message, its source and the pieces in
// which it is read and written. What differs is when the source is read and the sink is
// written: sources are read ahead, and a Writer writes later, so that the error of a
// sink may show up in a later call. The beginning and the end of a message, short ranges
// and all that goes wrong are left to cobblestone.
package parallel

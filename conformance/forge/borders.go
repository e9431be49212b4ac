package forge

import (
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// ContainerBorders returns where the fields of a container end, its slots and
// their bodies among them, as far as they can be told from the bytes.
func ContainerBorders(b []byte) []int {
	borders := []int{8, 10, 11, 43, 45} // spec section 7.1
	if len(b) < 45 {
		return borders
	}
	end := 45 + int(binary.BigEndian.Uint16(b[43:]))
	for at := 45; at+4 <= min(end, len(b)) && len(borders) < 100; {
		at += 4
		borders = append(borders, at-2, at)
		if at += int(binary.BigEndian.Uint16(b[at-2:])); at < end {
			borders = append(borders, at)
		}
	}
	borders = append(borders, end, end+8, end+72)
	return slices.Compact(append(borders, MessageBorders(end+72)...))
}

// MessageBorders returns where salt, commitment and first sealed chunk of a
// message end that begins at an offset. Its other chunks are as long as the first.
func MessageBorders(at int) []int {
	salt := at + cobblestone.SaltSize
	prefix := at + cobblestone.PrefixSize
	return []int{salt, prefix, prefix + cobblestone.SealedChunkSize}
}

package grammar

// computed has the lengths that follow from the fields before, by the names that stand
// for them in the blocks.
var computed = map[string]func(siblings *Node) uint64{
	"supplied": supplied,
}

// supplied is the length of the blocks that the runs of a piece frame say, of 4096 bytes
// each but the entry's last one (spec section 8.1). It is 0 for runs that no such entry
// has, and if there are no such fields.
func supplied(siblings *Node) uint64 {
	total, runs, length := siblings.Find("entry.size"), siblings.Find("runs"), uint64(0)
	if total == nil || runs == nil {
		return 0
	}
	size := total.Number
	for _, run := range runs.Children {
		first, count := run.Find("first"), run.Find("count")
		if first == nil || count == nil || first.Number*4096 >= size {
			return 0
		}
		length += min((first.Number+count.Number)*4096, size) - first.Number*4096
	}
	return length
}

package headers

import (
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
)

func stateOfContainers(q *cases.Requests) {
	for _, h := range slottedContainers(q.R) {
		for _, s := range append(h.slots, craftedSlot{secret: h.plain}) {
			if s.secret == nil {
				continue
			}
			for _, op := range []string{"container.unlock", "archive.list"} {
				askContainer(q, op, h, s.secret, "opens with the right %s", s.secret["kind"])
			}
			for _, name := range []string{"key", "password", "prf", "export_key", "credential"} {
				if value, ok := s.secret[name]; ok {
					b := inputs.Unhex(value)
					askContainer(q, "container.unlock", h, inputs.With(s.secret, name, inputs.Hex(forge.FlipAt(q.R.Intn(len(b)))(b))), "opens with another %s", name)
				}
			}
			for range 6 {
				f := headerFaults[q.R.Intn(len(headerFaults))]
				c := h.clone()
				f.apply(q.R, c)
				askContainer(q, "container.unlock", c, s.secret, "%s, and is opened with a %s", f.what, s.secret["kind"])
				askContainer(q, "header.read", c, nil, "%s", f.what)
			}
		}
	}
}

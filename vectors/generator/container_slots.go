package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// replacedSlots adds a container that gets other slots, and becomes another one.
func (s *suite) replacedSlots(slug, requirements, comment string, from *box, secret vectors.Object, slots []*slotBox,
	to *box) *made {
	input := from.input(secret)
	input["slots"], input["random"] = wantedOf(slots), vectors.Bytes(randomOf(slots))
	return s.valid("set-slots-"+slug, requirements, comment, "container.set_slots", input,
		vectors.Object{"container": vectors.Bytes(to.bytes())}).of(to)
}

// containerSlots replace the slots of a container.
func containerSlots(s *suite) {
	const seed = "container/set-slots"
	b := archiveOf(seed, file("note", document, "the payload stays as it is"))
	oldPassword := passwordSlot(seed+" old password", b.key, "old password", cheap)
	newPassword := passwordSlot(seed+" new password", b.key, "new password", writer)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	vault := vaultSlot(seed+" vault", b.key)
	unknown := unknownSlot(1000, []byte("kept as it is"))
	set := s.replacedSlots
	only := []*slotBox{newPassword}
	base := set("password", "HDR-4 HDR-5 SLT-5 SLT-12", "A password is changed, by who knows the old one.",
		b.with(oldPassword), oldPassword.secret, only, b.with(only...))
	set("by-key", "HDR-4 HDR-5", "The password gives way to a passkey, by who has the key.", b.with(oldPassword),
		b.withKey(), []*slotBox{passkey}, b.with(passkey))
	set("none", "HDR-4 HDR-5 (boundary)", "All slots are removed: the key alone opens the container.",
		b.with(oldPassword, passkey), oldPassword.secret, nil, b.with())
	set("first", "HDR-4 HDR-5 (boundary)", "A container without a slot gets two.", b, b.withKey(),
		[]*slotBox{passkey, vault}, b.with(passkey, vault))
	set("unknown-kept-first", "SLT-3 SLT-22 HDR-4 (unknown)",
		"An unknown slot in front of the replaced one stays, unchanged and in its place.",
		b.with(unknown, oldPassword), oldPassword.secret, []*slotBox{passkey}, b.with(unknown, passkey))
	set("unknown-kept-last", "SLT-3 SLT-22 HDR-4 (unknown)",
		"An unknown slot behind the replaced one stays, unchanged and in its place.",
		b.with(oldPassword, unknown), oldPassword.secret, []*slotBox{passkey}, b.with(passkey, unknown))
	set("unknown-kept-between", "SLT-3 SLT-22 HDR-4 (unknown)",
		"An unknown slot between two replaced ones stays, unchanged and in its place.",
		b.with(oldPassword, unknown, passkey), oldPassword.secret, []*slotBox{passkey, vault}, b.with(passkey, unknown,
			vault))
	base.but("set-slots-wrong-password", "SLT-7 HDR-4 (wrong-secret)",
		"Who does not know the password cannot change it.",
		replace("secret.password", []byte("new password")), refused(fault.WrongSecret))
	base.but("set-slots-tampered", "HDR-19 (forged)",
		"Nothing is signed again that was altered: an unknown slot was added.", func(p *made) change {
			before := b.with(oldPassword)
			after := before.clone()
			after.slots = append(slices.Clone(after.slots), unknown)
			after.digestAgain()
			return p.change("splice", "container", differences(before.pieces(), after.pieces()))
		}, refused(fault.HeaderTampered))
	base.but("set-slots-other-payload", "HDR-20 (resealed)",
		"Nothing is signed again for a payload that is not the key's: its commitment is another.",
		func(p *made) change {
			before := b.with(oldPassword)
			after := before.clone()
			after.commitment = slices.Clone(after.commitment)
			after.commitment[31] ^= 1
			after.sign()
			return p.change("resign", "container", differences(before.pieces(), after.pieces()))
		}, refused(fault.PayloadTampered))
}

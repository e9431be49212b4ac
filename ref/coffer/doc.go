// Package coffer opens and makes encrypted backups in one import: for programs that
// want to read or write a container, and not to study how it is made.
//
// [Open] opens a container with a [Password], the 64 digits of a key ([Digits]), a
// [Key] or a [Passkey]. The [Backup] lists its entries and is a file system of package
// io/fs, so that fs.ReadFile, fs.WalkDir, template.ParseFS or http.FileServerFS work
// on it. [Create] makes a new container; a [Writer] adds entries one by one or from
// another file system.
//
// Nothing that was not authenticated is ever returned: a read gives the bytes that
// were sealed, or an error. Errors that come of the input have a name of the
// specification (chapter 11): compare with errors.Is.
//
// # What stays
//
// The format is a draft, version 1, and so is this package: until it is released both
// may change together. From then on this package keeps to Go's promise of
// compatibility, and opens every container that was made by a released version. The
// packages beside it are the reference that is read next to the specification: their
// names follow its chapters, and they change when it does.
package coffer

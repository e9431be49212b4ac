package main

import (
	"path"
	"strings"

	"github.com/coffer-format/coffer/ref/archive"
)

// kinds gives the kind of a file by its extension, for folders that no
// messenger has described.
var kinds = map[string]archive.Kind{
	".db": archive.Messages, ".sqlite": archive.Messages, ".sqlite3": archive.Messages,
	".jpg": archive.Image, ".jpeg": archive.Image, ".png": archive.Image, ".gif": archive.Image,
	".heic": archive.Image, ".avif": archive.Image, ".bmp": archive.Image, ".tiff": archive.Image,
	".mp4": archive.Video, ".mov": archive.Video, ".m4v": archive.Video, ".3gp": archive.Video,
	".webm": archive.Video, ".mkv": archive.Video, ".avi": archive.Video,
	".opus": archive.Voice, ".amr": archive.Voice,
	".mp3": archive.Audio, ".m4a": archive.Audio, ".aac": archive.Audio, ".ogg": archive.Audio,
	".flac": archive.Audio, ".wav": archive.Audio,
	".pdf": archive.Document, ".doc": archive.Document, ".docx": archive.Document, ".xls": archive.Document,
	".xlsx": archive.Document, ".ppt": archive.Document, ".pptx": archive.Document, ".odt": archive.Document,
	".txt": archive.Document, ".vcf": archive.Document, ".zip": archive.Document,
	".webp": archive.Sticker, ".tgs": archive.Sticker,
}

func kindOf(name string) archive.Kind { return kinds[strings.ToLower(path.Ext(name))] }

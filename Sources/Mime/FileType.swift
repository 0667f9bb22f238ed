/// The content types of the files that vendors send, by the end of their names.
enum FileType {
    /// What nothing is known about (RFC 2046, 4.5.1).
    static let unknown = "application/octet-stream"
    /// Octets of a content type (RFC 6838, 4.2: two names of at most 127).
    private static let longest = 255

    private static let byExtension = [
        "7z": "application/x-7z-compressed", "bmp": "image/bmp", "csv": "text/csv",
        "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "dwg": "image/vnd.dwg", "dxf": "image/vnd.dxf", "eml": "message/rfc822", "gif": "image/gif",
        "gz": "application/gzip", "htm": "text/html", "html": "text/html", "ics": "text/calendar",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json",
        "msg": "application/vnd.ms-outlook", "mp3": "audio/mpeg", "mp4": "video/mp4",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odt": "application/vnd.oasis.opendocument.text", "p7m": "application/pkcs7-mime",
        "p7s": "application/pkcs7-signature", "pdf": "application/pdf", "png": "image/png",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "rtf": "application/rtf", "step": "model/step", "stp": "model/step", "svg": "image/svg+xml",
        "tif": "image/tiff", "tiff": "image/tiff", "txt": "text/plain", "vcf": "text/vcard",
        "webp": "image/webp", "xls": "application/vnd.ms-excel",
        "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml": "application/xml", "zip": "application/zip",
    ]

    /// The type that a file of that name has.
    static func guessed(from filename: String?) -> String {
        guard let filename, let point = filename.lastIndex(of: ".") else { return unknown }
        return byExtension[filename[filename.index(after: point)...].lowercased()] ?? unknown
    }

    /// A stated type in lower case without its parameters; `nil` where it is none.
    static func stated(_ text: String) -> String? {
        let type = ParameterValue(Array(text.utf8.prefix(longest))).value
        let names = type.split(separator: "/", omittingEmptySubsequences: false)
        let isType = names.count == 2 && names.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isToken) }
        return isType ? type : nil
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "!#$&-^_.+".utf8.contains(byte)
    }
}

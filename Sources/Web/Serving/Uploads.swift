import Desk
import Hummingbird
import NIOCore

extension Form {
    /// The files that were chosen in a field of a form, in their order.
    func chosenFiles(_ field: String) -> [EmailFile] {
        files[field, default: []].map { file in
            EmailFile(
                filename: file.name,
                // Parameters, such as a charset, say nothing that the content does not.
                contentType: file.type.flatMap { $0.split(separator: ";").first.map(String.init) }
                    ?? "application/octet-stream", content: Array(file.content))
        }
    }
}

extension Response {
    /// A file to be kept, never to be shown: whatever type it is said to have, no browser runs it.
    static func file(_ file: EmailFile) -> Response {
        // A stranger's word for the type goes into the header only where it is one.
        let type = EmailFile.isType(file.contentType) ? file.contentType : "application/octet-stream"
        var headers: HTTPFields = [.cacheControl: "no-store", .contentType: type]
        headers[.contentDisposition] = "attachment; filename*=UTF-8''\(Self.encoded(file.filename))"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
    }

    /// A name as the value of a parameter (RFC 8187, section 3.2).
    private static func encoded(_ name: String) -> String {
        PageDesk.encoded(name).replacing("/", with: "%2F")
    }
}

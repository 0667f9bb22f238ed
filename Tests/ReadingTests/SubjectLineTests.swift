import Testing

@testable import Reading

@Suite("Subjects")
struct SubjectLineTests {
    @Test(
        "the marks of many mail programs come off",
        arguments: [
            "Re: RFQ 17 switches", "RE: re: RFQ 17  switches", "AW: RFQ 17 switches",
            "Re[2]: RFQ 17 switches", "回复：RFQ 17 switches",
            "[EXTERNAL] Re: RFQ 17 switches", "Antw: AW: RFQ 17 switches", "SV: RFQ 17 switches",
            "Fwd: RFQ 17 switches",
        ])
    func marks(subject: String) {
        #expect(SubjectLine(subject).normalised == "rfq 17 switches")
        #expect(SubjectLine(subject).isReply == !subject.hasPrefix("Fwd"))
    }

    @Test("a word with a colon is no mark")
    func colon() {
        let subject = SubjectLine("Regarding: your offer")
        #expect(!subject.isReply)
        #expect(subject.normalised == "regarding: your offer")
    }
}

extension TimelineSample {
  /// What `Timeline.text()` makes of the sample: change it knowingly.
  static let text = """
    email:ana@example.com  Ana Example
    + phone:+493012345678  verified 20 Nov 2026 10:00 #1
    12 entries in 3 conversations, through #40, times in UTC
    waiting  since 22 Nov 2026 10:20 in chat “conversation 00000000” #9
             since 21 Nov 2026 08:00 in mail “Where is order 4711?” #1 #2
             since 19 Nov 2026 00:00 #14
    open     chat “conversation 00000000”, with bot:helper #5
    known    order_number = 4711 (checked) #8
    handoff  bot:helper → team:billing, open “refund?” #7
    maybe    email:bob@example.org: claimed in chat webchat/c-991 #6

    ── Thu 19 November 2026 ────────────────────────────────────────────────────────
     social
        –   Ana Example <email:ana@example.com>  public post                     #14
            [late, recorded 22 Nov 2026 12:00]
            @shop still waiting, 漢字 and all
            https://social.example/1

    ── Sat 21 November 2026 ────────────────────────────────────────────────────────
     mail   Where is order 4711?
      08:00 Ana Example <email:ana@example.com>  → help@shop.example, cc Bob      #1
            Hello,

            my order has not come.

            Ana

            … 4 quoted lines
            ⎘ attached invoice‹U+202E›fdp.exe (application/pdf, 24 kB)

    ── Sun 22 November 2026 ────────────────────────────────────────────────────────
     call   conversation 00000000
            [late, recorded 12:00]
      08:00 phone:+493012345678  call in, queue support, answered                #11
            talk 3 min 12 s · queue 20 s
            08:00 agent:kim answered
      08:05 agent:kim  note                                                      #15
            Customer was friendly.

     –
        –   positions 30 to 32 can't be read: damaged                            #30

     chat   conversation 00000000 · with bot:helper
      10:15 Ana Example <email:ana@example.com>  edited                           #3
            Any news about order 4711?
      10:15 bot:helper  ✓ read                                                    #5
            I look into it.
      10:17 · handoff bot:helper → team:billing, skill — refund?                  #7
      10:17 · known: order_number = 4711 (checked)                                #8
      10:20 Ana Example <email:ana@example.com>                                   #9
            ␛[2JAre you there?
      10:21 ‹kind-9901: this version can't read it, 3 bytes›                     #10

     mail   Where is order 4711?
      12:00 Ana Example <email:ana@example.com>                                   #2
            [dated 1 Jan 2028 00:00, time of recording]
            I forgot: it is urgent.

    """

  /// What `Timeline.json()` makes of the sample, for fold version 1: never changes.
  // swift-format-ignore
  static let json = #"""
    {"fold_version":1,"position":40,"instant":"2026-11-23T08:00:00Z","viewer":{"actor":"agent:kim","purpose":"support","least_trust":"verified"},"identities":[{"identity":"email:ana@example.com","stream":"00000000000000010000000000000001"},{"identity":"phone:+493012345678","stream":"00000000000000010000000000000002","joins":[{"to":"email:ana@example.com","trust":"verified","how":"verified","at":"2026-11-20T10:00:00Z","position":1,"evidence":"one-time code"}]}],"suggestions":[{"identity":"email:bob@example.org","evidence":"claimed in chat webchat/c-991","position":6}],"conversations":[{"conversation":"00000000000000c00000000000000001","key":{"channel":"email","system":"email","thread":"<1@example.com>"},"channel":"email","subject":"Where is order 4711?","open":true,"opened":[0],"entries":2,"first":"2026-11-21T08:00:00Z","last":"2026-11-22T12:00:02Z"},{"conversation":"00000000000000c00000000000000003","channel":"voice","open":true,"entries":2,"first":"2026-11-22T08:00:00Z","last":"2026-11-22T08:05:00Z"},{"conversation":"00000000000000c00000000000000002","channel":"chat","open":true,"server":{"who":"bot:helper","basis":"answered","position":5},"entries":6,"first":"2026-11-22T10:15:00Z","last":"2026-11-22T10:21:00Z"}],"unanswered":[{"since":"2026-11-19T00:00:00Z","positions":[14]},{"conversation":"00000000000000c00000000000000001","since":"2026-11-21T08:00:00Z","positions":[1,2]},{"conversation":"00000000000000c00000000000000002","since":"2026-11-22T10:20:00Z","positions":[9]}],"facts":[{"position":8,"time":"2026-11-22T10:17:30Z","conversation":"00000000000000c00000000000000002","name":"order_number","value":"4711","checked":true}],"attempts":[],"questions":[],"handoffs":[{"handoff":"07070707070707070707070707070707","conversation":"00000000000000c00000000000000002","from":"bot:helper","to":"team:billing","reason":"skill","note":"refund?","positions":[7]}],"entries":[
    {"position":14,"event":"00000000000000e0000000000000000e","kind":"social.posted","time":"2026-11-19T00:00:00Z","precision":"day","occurred_at":"2026-11-19T00:00:00Z","recorded_at":"2026-11-22T12:00:14Z","marks":["late","time_coarse"],"channel":"social","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","message":{"url":"https://social.example/1","audience":"everyone","revisions":[{"position":14,"time":"2026-11-19T00:00:00Z","parts":[{"media_type":"text/plain","text":"@shop still waiting, 漢字 and all"}]}]}},
    {"position":1,"event":"00000000000000e00000000000000001","kind":"message.sent","time":"2026-11-21T08:00:00Z","precision":"second","occurred_at":"2026-11-21T09:00:00+01:00","recorded_at":"2026-11-22T12:00:01Z","conversation":"00000000000000c00000000000000001","channel":"email","direction":"inbound","visibility":"public","actor":{"kind":"customer","name":"Ana Example","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","message":{"participants":[{"role":"from","identity":"email:ana@example.com","name":"Ana Example"},{"role":"to","identity":"email:help@shop.example"},{"role":"cc","identity":"email:bob@example.org","name":"Bob"}],"revisions":[{"position":1,"time":"2026-11-21T08:00:00Z","subject":"Where is order 4711?","parts":[{"media_type":"text/plain","text":"Hello,\n\nmy order has not come.\n\nAna\n\nOn Monday, Support wrote:\n> It is on its way.\n> Yours\n> Kim"},{"media_type":"application/pdf","blob":{"digest":"abababababababababababababababababababababababababababababababab","size":24310,"media_type":"application/pdf","file_name":"invoice\#u{202E}fdp.exe"}}]}]}},
    {"position":11,"positions":[11,12,13],"event":"00000000000000e0000000000000000b","kind":"call","time":"2026-11-22T08:00:00Z","precision":"second","occurred_at":"2026-11-22T08:00:00Z","recorded_at":"2026-11-22T12:00:11Z","marks":["late"],"conversation":"00000000000000c00000000000000003","channel":"voice","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"phone:+493012345678"},"stream_of":"phone:+493012345678","call":{"call":"1700000000.12","queue":"support","steps":[{"position":12,"time":"2026-11-22T08:00:20Z","leg":"2","state":"answered","participant":{"actor":"agent:kim"}}],"ended":"2026-11-22T08:03:32Z","disposition":"answered","talk_ms":192000,"queue_ms":20000}},
    {"position":15,"event":"00000000000000e0000000000000000f","kind":"note.added","time":"2026-11-22T08:05:00Z","precision":"second","occurred_at":"2026-11-22T08:05:00Z","recorded_at":"2026-11-22T12:00:15Z","marks":["late"],"conversation":"00000000000000c00000000000000003","channel":"voice","direction":"internal","visibility":"internal","actor":{"kind":"agent","actor":"agent:kim"},"stream_of":"phone:+493012345678","message":{"revisions":[{"position":15,"time":"2026-11-22T08:05:00Z","parts":[{"media_type":"text/plain","text":"Customer was friendly."}]}]}},
    {"position":30,"kind":"gap","gap":{"first":30,"last":32,"reason":"damaged"}},
    {"position":3,"positions":[3,4],"event":"00000000000000e00000000000000003","kind":"message.sent","time":"2026-11-22T10:15:00Z","precision":"second","occurred_at":"2026-11-22T10:15:00Z","recorded_at":"2026-11-22T12:00:03Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","message":{"revisions":[{"position":3,"time":"2026-11-22T10:15:00Z","parts":[{"media_type":"text/plain","text":"Any news?"}]},{"position":4,"time":"2026-11-22T10:15:20Z","parts":[{"media_type":"text/plain","text":"Any news about order 4711?"}]}]}},
    {"position":5,"positions":[5,6],"event":"00000000000000e00000000000000005","kind":"message.sent","time":"2026-11-22T10:15:30Z","precision":"second","occurred_at":"2026-11-22T10:15:30Z","recorded_at":"2026-11-22T12:00:05Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"outbound","visibility":"public","actor":{"kind":"bot","actor":"bot:helper"},"stream_of":"email:ana@example.com","message":{"revisions":[{"position":5,"time":"2026-11-22T10:15:30Z","parts":[{"media_type":"text/plain","text":"I look into it."}]}],"delivery":[{"state":"read"}],"delivery_facts":[{"position":6,"time":"2026-11-22T10:16:00Z","state":"read"}]}},
    {"position":7,"event":"00000000000000e00000000000000007","kind":"handoff.requested","time":"2026-11-22T10:17:00Z","precision":"second","occurred_at":"2026-11-22T10:17:00Z","recorded_at":"2026-11-22T12:00:07Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"internal","visibility":"internal","actor":{"kind":"agent"},"stream_of":"email:ana@example.com","fact":{"handoff":"07070707070707070707070707070707","from":"bot:helper","to":"team:billing","reason":"skill","note":"refund?","through":0}},
    {"position":8,"event":"00000000000000e00000000000000008","kind":"work.fact_stated","time":"2026-11-22T10:17:30Z","precision":"second","occurred_at":"2026-11-22T10:17:30Z","recorded_at":"2026-11-22T12:00:08Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"internal","visibility":"internal","actor":{"kind":"agent"},"stream_of":"email:ana@example.com","fact":{"name":"order_number","value":"4711","checked":true}},
    {"position":9,"event":"00000000000000e00000000000000009","kind":"message.sent","time":"2026-11-22T10:20:00Z","precision":"second","occurred_at":"2026-11-22T10:20:00Z","recorded_at":"2026-11-22T12:00:09Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","message":{"revisions":[{"position":9,"time":"2026-11-22T10:20:00Z","parts":[{"media_type":"text/plain","text":"\u001b[2JAre you there?"}]}]}},
    {"position":10,"event":"00000000000000e0000000000000000a","kind":"kind-9901","time":"2026-11-22T10:21:00Z","precision":"second","occurred_at":"2026-11-22T10:21:00Z","recorded_at":"2026-11-22T12:00:10Z","conversation":"00000000000000c00000000000000002","channel":"chat","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","unknown":true,"body":"010203"},
    {"position":2,"event":"00000000000000e00000000000000002","kind":"message.sent","time":"2026-11-22T12:00:02Z","occurred_at":"2028-01-01T00:00:00Z","stated_at":"Sat, 1 Jan 2028 00:00:00 +0000","recorded_at":"2026-11-22T12:00:02Z","marks":["time_in_future"],"conversation":"00000000000000c00000000000000001","channel":"email","direction":"inbound","visibility":"public","actor":{"kind":"customer","identity":"email:ana@example.com"},"stream_of":"email:ana@example.com","message":{"revisions":[{"position":2,"time":"2026-11-22T12:00:02Z","subject":"Re: Where is order 4711?","parts":[{"media_type":"text/plain","text":"I forgot: it is urgent."}]}]}}]}

    """#
}

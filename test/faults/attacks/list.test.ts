// The attacks that the gateway is held against, and the tests that try each of them.
import { expect, test } from 'vitest'
import { missingTests, type NamedTests } from '../support/named-tests.ts'

const INTEGRATION = 'test/integration'
const MODES = 'test/faults/failure-modes'
const HERE = 'test/faults/attacks'

const ATTACKS: NamedTests = {
  'an upstream chosen by the request': [
    [`${MODES}/11-requests.test.ts`, 'failure mode 12: an upstream is never chosen by a request'],
    [`${INTEGRATION}/openai-side-http.test.ts`, 'on the way to %s is refused, and nothing goes upstream'],
  ],
  'SQL in a key': [
    ['server/gateway/stages/identify.test.ts', '%s is not looked up'],
    [`${HERE}/empty-and-default.test.ts`, 'attack: SQL in a key, an id, a search or a name is text'],
  ],
  'secrets in errors and logs': [
    [
      `${INTEGRATION}/observability.test.ts`,
      'that is shown is found: in a line of the log, in an error, and in an answer of the OpenAI side',
    ],
    [
      `${INTEGRATION}/observability.test.ts`,
      'of an upstream that repeats everything it was sent reaches neither client nor log',
    ],
    [
      `${INTEGRATION}/http-server.test.ts`,
      'a key where a host or a page belongs is not repeated in the refusal',
    ],
  ],
  'default credentials': [
    [`${HERE}/empty-and-default.test.ts`, 'attack: nobody gets in with what a product is shipped with'],
  ],
  'the same credential in every header alias': [
    ['server/gateway/stages/identify.test.ts', 'may come in two headers that say the same'],
    ['server/gateway/stages/identify.test.ts', 'is refused where two headers name two, whichever is good'],
    [`${INTEGRATION}/openai-side-http.test.ts`, 'and says two things is refused, whichever of them is good'],
  ],
  'a key that was let in before on the same connection': [
    [
      `${HERE}/one-connection.test.ts`,
      'attack: a connection that was let in with one key lets in no other, and charges each person their own',
    ],
    [
      `${HERE}/one-connection.test.ts`,
      'attack: a key that was let in is asked for again with every request on the same connection',
    ],
    [
      `${HERE}/one-connection.test.ts`,
      'attack: the upstream is asked with the key that the operator has now',
    ],
    [
      'server/wire/last-head.test.ts',
      'whatever is changed about a head, it is found as what reading it says, or not at all',
    ],
  ],
  'header injection': [
    ['server/gateway/headers.test.ts', 'a value with characters that no header has does not cross'],
    [
      `${MODES}/07-connections.test.ts`,
      'failure mode 10: headers of one connection stay on it, and never break the next',
    ],
  ],
  'DNS rebinding and foreign Origin': [
    [
      `${INTEGRATION}/http-server.test.ts`,
      'a foreign host is refused on every door, in the shape of that door',
    ],
    [`${INTEGRATION}/operations-doors.test.ts`, 'refuses a call from a page that is not ours'],
    [`${INTEGRATION}/openai-side-http.test.ts`, 'that nobody named may neither ask nor read'],
    [
      `${INTEGRATION}/sockets.test.ts`,
      'from a page is made for the origins that may call, and refused to all others',
    ],
  ],
  CSRF: [
    [`${INTEGRATION}/operations-doors.test.ts`, 'refuses a call from a page that is not ours'],
    [`${INTEGRATION}/own-account.test.ts`, 'are not used by a page of another site, whatever it asks for'],
  ],
  'session fixation': [[`${INTEGRATION}/own-account.test.ts`, 'cannot be planted']],
  'the set-up taken over from the LAN': [
    [`${INTEGRATION}/setup.test.ts`, 'through a proxy (%s), even with the token'],
    [`${INTEGRATION}/setup.test.ts`, 'with the token %j'],
    [
      `${INTEGRATION}/setup.test.ts`,
      'it happens once: neither a second call nor a restart opens it again, token or not',
    ],
    [`${INTEGRATION}/setup.test.ts`, 'from another machine, even with the token'],
  ],
  'empty secrets': [[`${HERE}/empty-and-default.test.ts`, 'attack: an empty secret opens nothing']],
  'password and code guessing': [
    [
      `${INTEGRATION}/sessions.test.ts`,
      'guessing one account is slowed down, for right guesses too, until time has passed',
    ],
    [`${INTEGRATION}/sessions.test.ts`, 'guessing many accounts from one address is slowed down'],
    [`${INTEGRATION}/codes.test.ts`, 'guessed ten times by one person has to wait, and then counts again'],
    [`${INTEGRATION}/second-factor.test.ts`, 'guessing codes of one account is slowed down across sign-ins'],
  ],
  'one user’s ids used by another': [
    [`${HERE}/foreign-ids.test.ts`, 'every operation that takes an id from a person is tried below'],
    [`${HERE}/foreign-ids.test.ts`, '%s with the ids of somebody else is refused'],
    [`${INTEGRATION}/further-endpoints.test.ts`, 'of somebody else is not gone on with at %s'],
    [
      `${INTEGRATION}/sockets.test.ts`,
      'of one connection is nothing to another one, and of one person nothing to another',
    ],
    [
      'test/clients/openai-files.test.ts',
      'of somebody else is not found in the path, in the query and in the body, and nothing is sent',
    ],
    ['test/clients/openai-files.test.ts', 'is nobody else’s: neither the upload nor its parts'],
    [
      `${INTEGRATION}/stored-responses.test.ts`,
      'an item of somebody else, put into one’s own input and listed there, stays theirs after a restart',
    ],
  ],
  'zip bombs and the ratio of decompression': [
    [`${INTEGRATION}/openai-side-http.test.ts`, 'with %s in it is refused'],
    [
      'server/gateway/stages/read.test.ts',
      'that unpacks to more than a body may have is refused as too large, and the connection goes on',
    ],
  ],
  'a form that two parsers read differently': [['server/gateway/media/form-scan.test.ts', 'is refused: %s']],
  'sounds that lie about their length': [
    [
      'server/gateway/sound/sound-meter.test.ts',
      'of a WAV that says it has no data, or is played at a million bytes a second, is not believed',
    ],
    [
      'server/gateway/sound/sound-meter.test.ts',
      'of a WAV in %s, whose header may claim any rate, is bounded by what such samples take',
    ],
  ],
  'a stored secret drawn to another host': [
    [`${INTEGRATION}/upstreams.test.ts`, 'the stored key is used for the stored address, and for no other'],
    [
      `${INTEGRATION}/upstreams.test.ts`,
      'an address that is set while the demo answers does not draw the stored key to it',
    ],
    [
      `${INTEGRATION}/mail-settings.test.ts`,
      'a stored secret goes to the service that it was entered for, and to no other',
    ],
  ],
  'a password that changes while it is compared': [
    [`${INTEGRATION}/own-account.test.ts`, 'opens no session that outlives the change'],
    [`${INTEGRATION}/own-account.test.ts`, 'is changed by one of two who know it, and by the other no more'],
  ],
  'small requests that are much work': [
    ['server/gateway/sockets/create-frame.test.ts', 'a frame with %s is refused'],
    ['server/gateway/media/form-scan.test.ts', 'headers full of space are read as quickly as others'],
    [
      'server/gateway/sound/sound-meter.test.ts',
      'a long index that comes in small pieces is no more work than one that comes whole',
    ],
  ],
  'one room given to many at once': [
    [
      `${INTEGRATION}/media-endings.test.ts`,
      'forms that come at the same time are not given the same room on the disk',
    ],
    ['test/clients/openai-files.test.ts', 'is refused as well where it is announced together with others'],
  ],
  'a policy passed by with a member that stands twice': [
    [`${INTEGRATION}/request-policies.test.ts`, 'is not hidden from the policy by a tool that stands twice'],
    [
      `${INTEGRATION}/stored-prompts.test.ts`,
      'is not hidden from the policy by standing twice, in a body or a frame',
    ],
  ],
  'requests behind one another': [
    [
      `${HERE}/pipelines.test.ts`,
      'attack: mixed requests behind one another, however they are cut, have each their own answer',
    ],
    ['server/wire/front-door.test.ts', 'is read no further while much of it waits'],
  ],
  'thousands of idle connections': [
    [`${HERE}/connections.test.ts`, 'attack: thousands of idle connections keep nobody from being answered'],
  ],
}

test('each attack has a test that tries it', () => {
  expect(missingTests(ATTACKS)).toEqual([])
})

// Uploads one file with tus-js-client, as a browser would: FILE ENDPOINT TOKEN CHUNK_BYTES MODULE.
// Tells each chunk that was acknowledged on a line of its own, then the address and the video's id.
import { createReadStream, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [file, endpoint, token, chunkBytes, root] = process.argv.slice(2)
const require = createRequire(pathToFileURL(`${root}/package.json`))
const { Upload } = require('tus-js-client')

const upload = new Upload(createReadStream(file), {
  endpoint,
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: Number(chunkBytes),
  uploadSize: statSync(file).size,
  retryDelays: Array(100).fill(100),
  metadata: { filename: 'clip.mp4', title: 'From tus-js-client' },
  onShouldRetry: () => true,
  onChunkComplete: (_size, accepted) => console.log(`chunk ${accepted}`),
  onError: error => {
    console.log(`failed ${error}`)
    process.exit(1)
  },
  onSuccess: ({ lastResponse }) => {
    console.log(`done ${upload.url} ${lastResponse.getHeader('Clipset-Video-Id')}`)
  },
})
upload.start()

// Uploads one file with tus-js-client and goes on with what an earlier run of it began:
// FILE ENDPOINT TOKEN CHUNK_BYTES MODULES STATE. Tells what it goes on with, then the address and the video's id.
import { createReadStream, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [file, endpoint, token, chunkBytes, root, state] = process.argv.slice(2)
const require = createRequire(pathToFileURL(`${root}/package.json`))
const { FileUrlStorage, Upload } = require('tus-js-client')

const upload = new Upload(createReadStream(file), {
  endpoint,
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: Number(chunkBytes),
  uploadSize: statSync(file).size,
  retryDelays: Array(1000).fill(100),
  urlStorage: new FileUrlStorage(state),
  metadata: { filename: 'clip.mp4', title: 'From tus-js-client' },
  onShouldRetry: () => true,
  onError: error => {
    console.log(`failed ${error}`)
    process.exit(1)
  },
  onSuccess: ({ lastResponse }) => {
    console.log(`done ${upload.url} ${lastResponse.getHeader('Clipset-Video-Id')}`)
  },
})
const [earlier] = await upload.findPreviousUploads()
if (earlier) {
  console.log(`resumed ${earlier.uploadUrl}`)
  upload.resumeFromPreviousUpload(earlier)
}
upload.start()

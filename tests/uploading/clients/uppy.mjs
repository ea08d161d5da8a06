// Uploads a file with Uppy in a browser, and goes on with what an earlier page began.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

globalThis.uploadWithUppy = async (file, endpoint, chunkSize) => {
  const uppy = new Uppy({ autoProceed: false })
  const videoIds = []
  uppy.use(Tus, {
    endpoint,
    chunkSize,
    retryDelays: Array(1000).fill(100),
    removeFingerprintOnSuccess: true,
    onShouldRetry: () => true,
    onAfterResponse: (_request, response) => {
      const id = response.getHeader('Clipset-Video-Id')
      if (id) videoIds.push(id)
    },
  })
  uppy.addFile({ name: file.name, type: file.type, data: file, source: 'test' })
  const { successful, failed } = await uppy.upload()
  if (failed.length) throw new Error(failed[0].error)
  return { url: successful[0].tus.uploadUrl, videoId: videoIds.at(-1) }
}

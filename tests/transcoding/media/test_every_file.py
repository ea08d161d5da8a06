"""Every file of the media folder through the whole pipeline: what is decided, and what comes out of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from server.media.child import run_child
from server.media.messages import Decided, Finished, Progressed, RefusalCode, Refused
from server.media.refusals import SENTENCES
from server.values.jobs import Action
from tests.transcoding.media.conftest import MakeOrder, decisions
from tests.transcoding.media.looking import Seen, see

KEEP, REMUX, TRANSCODE = Action.KEEP, Action.REMUX, Action.TRANSCODE

#: Six minutes at 60 a second each, which take longer than all the others together: by default only their beginnings are
#: made. The second goes through the queue in every run, in `test_every_file` above. Seconds it may take.
_LONG = {"ax_long_4k_av1.mp4": 3600, "ax_long_1080p_lowbitrate.mp4": 1200}
#: Ends of tracks differ by a frame or a packet of sound between what containers say and what is there.
_SLACK_MS = 60
#: Lines that every device plays.
_MAX_LINES = 1080


@dataclass(frozen=True)
class Made:
    """A video comes of it: by which action, its size, pictures, length, channels of sound (0 for none), and words."""

    action: Action
    width: int
    height: int
    frames: int
    ms: int
    sound: int
    subtitles: int = 0
    chapters: bool = False


TABLE: dict[str, Made | RefusalCode] = {
    "ax_8k24fps_300ms.mp4": Made(TRANSCODE, 1920, 1080, frames=8, ms=339, sound=2),
    "ax_bbb_176x144_128kbps_15fps_h263.3gp": "format_not_accepted",
    "ax_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4": Made(
        TRANSCODE, 1136, 640, frames=120, ms=4000, sound=0
    ),
    "ax_bbb_960x540_60fps_vp8.webm": Made(TRANSCODE, 960, 540, frames=60, ms=1012, sound=2),
    "ax_bear-vp9-odd-dimensions.webm": Made(TRANSCODE, 160, 120, frames=30, ms=1001, sound=0),
    "ax_dolbyVision-hdr.MOV": Made(TRANSCODE, 608, 1080, frames=4, ms=133, sound=2),
    "ax_edit_list_positive_shift.mp4": Made(REMUX, 1920, 1080, frames=270, ms=10005, sound=2),
    "ax_fragmented_captions.mp4": Made(REMUX, 416, 234, frames=60, ms=2002, sound=0),
    "ax_full_blocks.mkv": "only_subtitles",
    "ax_h265_with_metadata_track.mp4": Made(TRANSCODE, 608, 1080, frames=3, ms=100, sound=2),
    "ax_hdr10-video-with-sdr-container.mp4": Made(TRANSCODE, 1920, 1080, frames=28, ms=1026, sound=2),
    "ax_iibbibb_editlist_videoonly.mp4": Made(TRANSCODE, 704, 576, frames=12, ms=12000, sound=0),
    "ax_init.mp4": "no_frames",
    "ax_invalid-bitstream.webm": "no_frames",
    "ax_long_1080p_lowbitrate.mp4": Made(REMUX, 1920, 1080, frames=10883, ms=362767, sound=2),
    "ax_long_4k_av1.mp4": Made(TRANSCODE, 1920, 1080, frames=21766, ms=362767, sound=2),
    "ax_roadtrip-vp92-10bit.webm": Made(TRANSCODE, 426, 240, frames=72, ms=2990, sound=0),
    "ax_sample-with-large-length.avi": Made(TRANSCODE, 256, 144, frames=58, ms=1933, sound=2),
    "ax_sample.avi": Made(TRANSCODE, 960, 400, frames=96, ms=4087, sound=2),
    "ax_sample.flv": "format_not_accepted",
    "ax_sample_ac4.mp4": "only_sound",
    "ax_sample_av1.mkv": Made(TRANSCODE, 608, 1080, frames=30, ms=1000, sound=0),
    "ax_sample_edit_list.mp4": Made(TRANSCODE, 608, 1080, frames=77, ms=2578, sound=2),
    "ax_sample_empty_track.mp4": Made(REMUX, 1080, 720, frames=30, ms=1089, sound=1),
    "ax_sample_fragmented.mp4": Made(REMUX, 1080, 720, frames=30, ms=1068, sound=1),
    "ax_sample_fragmented_seekable_multiple_sidx.mp4": Made(REMUX, 1920, 1080, frames=600, ms=20000, sound=0),
    "ax_sample_fragmented_sgpd_v2.mp4": "encrypted",
    "ax_sample_fragmented_sideloaded_track.mp4": "incomplete",
    "ax_sample_malformed_free_box.mp4": "incomplete",
    "ax_sample_mdat_too_long.mp4": Made(REMUX, 1080, 720, frames=30, ms=1066, sound=1),
    "ax_sample_portrait.mp4": Made(REMUX, 720, 1080, frames=30, ms=1087, sound=1),
    "ax_sample_rotate_and_reflect.mp4": Made(TRANSCODE, 720, 1080, frames=30, ms=1066, sound=1),
    "ax_sample_vvc.mp4": Made(TRANSCODE, 320, 180, frames=120, ms=5000, sound=0),
    "ax_sample_with_chapters.mp4": Made(REMUX, 1080, 720, frames=30, ms=1089, sound=1, chapters=True),
    "ax_sample_with_colr_mdcv_and_clli.mp4": Made(TRANSCODE, 1920, 1080, frames=60, ms=1022, sound=2),
    "ax_sample_with_htc_rotation_track_name.mkv": Made(REMUX, 1080, 720, frames=30, ms=1072, sound=2),
    "ax_sample_with_invalid_nalu.mp4": Made(TRANSCODE, 1080, 720, frames=29, ms=1001, sound=0),
    "ax_sample_with_vobsub.mkv": Made(TRANSCODE, 1080, 720, frames=3, ms=1010, sound=2),
    "ax_sample_with_vtt_subtitles.mkv": Made(REMUX, 1080, 720, frames=30, ms=1072, sound=2, subtitles=1),
    "ax_subsample_encrypted_noaltref.webm": "encrypted",
    "ax_water_180_mvhevc_5frames.mov": Made(TRANSCODE, 966, 1080, frames=3, ms=67, sound=0),
    "gen_asf_wmv2.wmv": "format_not_accepted",
    "gen_audio_only_vorbis.webm": "only_sound",
    "gen_audio_only_with_cover.mp4": "only_sound",
    "gen_avi_header_claims_60000x60000.avi": Made(TRANSCODE, 624, 352, frames=94, ms=4083, sound=2),
    "gen_bench_1080p30_h264_aac_28s.mp4": Made(REMUX, 1920, 1080, frames=840, ms=28000, sound=2),
    "gen_bitflips_mdat.mp4": Made(TRANSCODE, 1280, 720, frames=239, ms=10006, sound=2),
    "gen_cinepak_vfw.avi": Made(TRANSCODE, 426, 240, frames=30, ms=1001, sound=0),
    "gen_div3_msmpeg4v3_ac3.avi": Made(TRANSCODE, 512, 288, frames=96, ms=4005, sound=2),
    "gen_divx5_DX50_bframes_mp3.avi": Made(TRANSCODE, 624, 352, frames=94, ms=4083, sound=2),
    "gen_dnxhd_1080p25_noaudio.mov": Made(TRANSCODE, 1920, 1080, frames=3, ms=120, sound=0),
    "gen_dv_pal_interlaced_bff_pcm.avi": Made(TRANSCODE, 1024, 576, frames=19, ms=760, sound=2),
    "gen_ffconcat_named.mp4": "not_a_video",
    "gen_ftyp_only.mov": "incomplete",
    "gen_h264_1080i50_tff_sar43_moovlast.mp4": Made(TRANSCODE, 1920, 1080, frames=100, ms=4000, sound=1),
    "gen_h264_dts51.mkv": Made(REMUX, 640, 360, frames=96, ms=4005, sound=2),
    "gen_h264_flac71.mkv": Made(REMUX, 640, 360, frames=48, ms=2000, sound=2),
    "gen_h264_pcm51_96k.mov": Made(REMUX, 640, 360, frames=24, ms=1000, sound=2),
    "gen_hevc_4k_hdr10_mastering_noaudio.mp4": Made(TRANSCODE, 1920, 1080, frames=24, ms=1000, sound=0),
    "gen_hls_playlist_named.mp4": "not_a_video",
    "gen_html_named.mp4": "not_a_video",
    "gen_huge_png_16000x16000_1frame.mkv": "picture_too_large",
    "gen_jpeg_named.mp4": "only_a_picture",
    "gen_metadata_xss_gps.mp4": Made(REMUX, 1280, 720, frames=48, ms=2019, sound=2),
    "gen_mjpeg_pcmu8_11k.avi": Made(TRANSCODE, 640, 360, frames=72, ms=3001, sound=2),
    "gen_mkv_named.mp4": Made(REMUX, 1080, 720, frames=30, ms=1072, sound=2, subtitles=1),
    "gen_mov_text_two_subs_faststart.mp4": Made(
        REMUX, 854, 480, frames=216, ms=9028, sound=2, subtitles=2, chapters=True
    ),
    "gen_mp3_named.avi": "only_sound",
    "gen_mp4_named.webm": Made(REMUX, 1080, 720, frames=30, ms=1066, sound=1),
    "gen_mpeg2_ntsc_tff_interlaced_mp2.avi": Made(TRANSCODE, 852, 480, frames=90, ms=3036, sound=2),
    "gen_multi_audio_subs_chapters_fonts_cover.mkv": Made(
        REMUX, 854, 480, frames=216, ms=9021, sound=2, subtitles=3, chapters=True
    ),
    "gen_prores422_720p_pcm24_tmcd.mov": Made(TRANSCODE, 1280, 720, frames=8, ms=333, sound=2),
    "gen_random_64k.mkv": "not_a_video",
    "gen_rawvideo_bgr24_odd_noaudio.avi": Made(TRANSCODE, 320, 180, frames=5, ms=167, sound=0),
    "gen_resolution_change_midstream.mkv": Made(TRANSCODE, 640, 360, frames=180, ms=5941, sound=0),
    "gen_single_keyframe_20s_gop600.mp4": Made(TRANSCODE, 320, 180, frames=600, ms=20020, sound=0),
    "gen_stream_copy_cut_leadin.mkv": Made(TRANSCODE, 1280, 720, frames=120, ms=5012, sound=2),
    "gen_truncated.webm": Made(TRANSCODE, 1280, 720, frames=72, ms=3003, sound=2),
    "gen_truncated_faststart.mp4": Made(TRANSCODE, 1280, 720, frames=144, ms=6012, sound=2),
    "gen_truncated_fragmented.mp4": Made(TRANSCODE, 1280, 720, frames=147, ms=6148, sound=2),
    "gen_truncated_mid_cluster.mkv": Made(REMUX, 1280, 720, frames=133, ms=5571, sound=2),
    "gen_truncated_moov_missing.mp4": "incomplete",
    "gen_truncated_no_index.avi": Made(TRANSCODE, 624, 352, frames=73, ms=3134, sound=2),
    "gen_two_video_tracks_second_default.mp4": Made(REMUX, 640, 360, frames=48, ms=2000, sound=2),
    "gen_unicode_Ünïcödé – 名前 🎬 (1).mp4": Made(REMUX, 320, 240, frames=30, ms=1087, sound=1),
    "gen_vfr_jitter_noaudio.mp4": Made(REMUX, 640, 360, frames=48, ms=2709, sound=0),
    "gen_wide_8192x64.mp4": Made(TRANSCODE, 4096, 32, frames=10, ms=1000, sound=0),
    "gen_zero_length.mp4": "incomplete",
    "gen_zeroed_hole.mp4": Made(TRANSCODE, 1280, 720, frames=211, ms=10006, sound=2),
    "gr_a.mp4": Made(REMUX, 1920, 1080, frames=209, ms=7035, sound=2),
    "img_cockatoo.mp4": Made(TRANSCODE, 1280, 720, frames=280, ms=14000, sound=2),
    "iscc_demo.mkv": Made(REMUX, 176, 144, frames=1441, ms=60157, sound=2),
    "mono_demo.mov": Made(TRANSCODE, 1070, 700, frames=469, ms=7817, sound=0),
    "mp4p_bbb_sunflower_QCIF_30fps_hevc_noaudio_1f.mp4": Made(TRANSCODE, 256, 144, frames=1, ms=33, sound=0),
    "mp4p_chunk_out_of_range.mp4": "damaged",
    "mp4p_h264_white_frame_sar_16_9.mp4": Made(TRANSCODE, 1138, 480, frames=1, ms=40, sound=0),
    "mp4p_invalid_userdata.mp4": "no_frames",
    "mp4p_metadata.mp4": Made(REMUX, 320, 240, frames=1, ms=40, sound=1),
    "mp4p_no_timescale.mp4": Made(TRANSCODE, 320, 240, frames=170, ms=6043, sound=0),
    "mp4p_short-cenc.mp4": "encrypted",
    "mp4p_sine-3s-xhe-aac-44khz-mono.mp4": "only_sound",
    "mp4p_video_colr_nclx_rgb.mp4": Made(TRANSCODE, 2, 2, frames=3, ms=120, sound=0),
    "mt_docTypeReadVersion_greaterthan_docTypeVersion.mkv": "damaged",
    "mt_really_invalid_EBML_ElementDataSize_in_EBMLHeader.mkv": "damaged",
    "mt_reference.mkv": Made(TRANSCODE, 320, 280, frames=13, ms=520, sound=2),
    "mvp_bitmap.mp4": Made(TRANSCODE, 2, 2, frames=5, ms=5000, sound=0),
    "mvp_fire2.mp4": Made(TRANSCODE, 1280, 720, frames=25, ms=2416, sound=1),
    "mvp_no_duration.webm": Made(TRANSCODE, 1280, 720, frames=74, ms=4939, sound=2),
    "mvp_transparent.webm": Made(TRANSCODE, 200, 200, frames=150, ms=5000, sound=2),
    "psd_delayed_start.mp4": Made(TRANSCODE, 480, 320, frames=24, ms=960, sound=0),
    "psd_testvideo.mp4": Made(REMUX, 1280, 720, frames=720, ms=24024, sound=0),
    "pymv_trailer_bbb.mp4": Made(REMUX, 1280, 720, frames=1323, ms=55125, sound=2),
    "skv_bigbuckbunny.mp4": Made(REMUX, 1280, 720, frames=132, ms=5312, sound=2),
    "small_Mpeg4.mp4": "incomplete",
    "small_webm.webm": Made(TRANSCODE, 8, 8, frames=1, ms=40, sound=0),
    "vide_ocean.mp4": Made(REMUX, 1280, 720, frames=240, ms=10076, sound=2),
    "vide_ocean.ogv": "format_not_accepted",
    "vide_ocean.webm": Made(TRANSCODE, 1280, 720, frames=240, ms=10047, sound=2),
    "wasm_video-1080p-60fps-2s.mp4": Made(REMUX, 1920, 1080, frames=120, ms=2005, sound=2),
    "wasm_video-3s.avi": Made(TRANSCODE, 256, 240, frames=110, ms=3143, sound=0),
}


def _param(name: str) -> object:
    marks = [pytest.mark.slow, pytest.mark.timeout(_LONG[name])] if name in _LONG else []
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_param(name) for name in TABLE])
def test_file(name: str, media: Callable[[str], Path], order_for: MakeOrder) -> None:
    """The decision is as expected, and the result is a video that plays everywhere, or a sentence."""
    expected = TABLE[name]
    decided, outcome = decisions(order_for(media(name)))
    if not isinstance(expected, Made):
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.sentence) == (expected, SENTENCES[expected])
        assert not outcome.retry_may_help
        return
    assert isinstance(outcome, Finished), outcome
    assert (outcome.action, outcome.width, outcome.height) == (
        expected.action,
        expected.width,
        expected.height,
    )
    assert decided[-1].action == expected.action
    assert decided[-1].reasons
    seen = see(outcome.video)
    _plays_everywhere(seen)
    assert (seen.width, seen.height, seen.frames) == (expected.width, expected.height, expected.frames)
    assert seen.sound_channels == expected.sound
    assert seen.duration_ms == pytest.approx(expected.ms, abs=_SLACK_MS)
    assert outcome.duration_ms == pytest.approx(seen.duration_ms, abs=1)
    assert outcome.size_bytes == outcome.video.stat().st_size
    _is_a_poster(outcome.thumbnail, seen)
    made = outcome.sidecars
    assert (len(made.subtitles), made.has_chapters) == (expected.subtitles, expected.chapters)
    # there is nothing to choose from in less than half a second
    assert made.has_storyboard == (float(seen.times[-1]) >= 0.5)


@pytest.mark.parametrize("name", _LONG)
def test_a_long_one_begins(name: str, media: Callable[[str], Path], order_for: MakeOrder) -> None:
    """It is decided as expected, and somebody can begin to watch."""
    expected = TABLE[name]
    assert isinstance(expected, Made)
    told: list[Decided | Progressed] = []

    def watchable() -> bool:
        return any(isinstance(message, Progressed) and message.watchable_ms for message in told)

    run_child(order_for(media(name)), told.append, watchable)
    assert watchable()
    decided = told[0]
    assert isinstance(decided, Decided)
    assert decided.action == expected.action
    assert (decided.width, decided.height) == (expected.width, expected.height)
    assert decided.duration_ms == pytest.approx(expected.ms, abs=_SLACK_MS)


def _plays_everywhere(seen: Seen) -> None:
    assert seen.damaged == 0
    assert seen.interlaced == 0
    assert (seen.codec, seen.pixel_format) == ("h264", "yuv420p")
    assert not seen.full_range
    assert seen.height <= _MAX_LINES
    assert seen.width % 2 == seen.height % 2 == 0
    assert seen.rotations == {0}
    assert seen.pixel_aspect is None or abs(seen.pixel_aspect - 1) < 0.01
    assert seen.layout.faststart
    assert not seen.layout.fragmented
    assert not seen.layout.private_metadata
    assert seen.tracks == 1 + (seen.sound_codec is not None)
    assert seen.sound_codec in (None, "aac")
    assert seen.sound_channels <= 2
    assert seen.times == sorted(set(seen.times))
    if len(seen.times) > 60:
        assert (len(seen.times) - 1) / (seen.times[-1] - seen.times[0]) <= 61


def _is_a_poster(path: Path | None, seen: Seen) -> None:
    assert path is not None
    with av.open(str(path)) as picture:
        stream = picture.streams.video[0]
        assert stream.codec_context.name == "mjpeg"
        assert stream.height == min(360, seen.height)
        assert stream.width / stream.height == pytest.approx(seen.width / seen.height, rel=0.02, abs=0.01)


def test_the_table_names_every_file(media: Callable[[str], Path]) -> None:
    """A file that is added to the folder has to be added to the table."""
    there = {path.name for path in media("MANIFEST.tsv").parent.iterdir()} - {"MANIFEST.tsv"}
    assert there == set(TABLE)


def test_the_table_agrees_with_the_manifest(media: Callable[[str], Path]) -> None:
    """What the manifest calls playable becomes a video, and nothing else does."""
    with media("MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    playable = {row["file"] for row in rows if row["expectation"].startswith("playable")}
    assert playable == {name for name, expected in TABLE.items() if isinstance(expected, Made)}

"""Names of languages as files write them (three letters, ISO 639-2, in two fashions) and as browsers want them.

Pure. Browsers want BCP 47 (RFC 5646): two letters of ISO 639-1 where there are any, else the three.
"""

from __future__ import annotations

import re

#: ISO 639-1, then ISO 639-2/T, then ISO 639-2/B where that differs.
_CODES = """
aa aar, ab abk, ae ave, af afr, ak aka, am amh, an arg, ar ara, as asm, av ava, ay aym, az aze, ba bak, be bel, bg bul,
bi bis, bm bam, bn ben, bo bod tib, br bre, bs bos, ca cat, ce che, ch cha, co cos, cr cre, cs ces cze, cu chu, cv chv,
cy cym wel, da dan, de deu ger, dv div, dz dzo, ee ewe, el ell gre, en eng, eo epo, es spa, et est, eu eus baq,
fa fas per, ff ful, fi fin, fj fij, fo fao, fr fra fre, fy fry, ga gle, gd gla, gl glg, gn grn, gu guj, gv glv, ha hau,
he heb, hi hin, ho hmo, hr hrv, ht hat, hu hun, hy hye arm, hz her, ia ina, id ind, ie ile, ig ibo, ii iii, ik ipk,
io ido, is isl ice, it ita, iu iku, ja jpn, jv jav, ka kat geo, kg kon, ki kik, kj kua, kk kaz, kl kal, km khm, kn kan,
ko kor, kr kau, ks kas, ku kur, kv kom, kw cor, ky kir, la lat, lb ltz, lg lug, li lim, ln lin, lo lao, lt lit, lu lub,
lv lav, mg mlg, mh mah, mi mri mao, mk mkd mac, ml mal, mn mon, mr mar, ms msa may, mt mlt, my mya bur, na nau, nb nob,
nd nde, ne nep, ng ndo, nl nld dut, nn nno, no nor, nr nbl, nv nav, ny nya, oc oci, oj oji, om orm, or ori, os oss,
pa pan, pi pli, pl pol, ps pus, pt por, qu que, rm roh, rn run, ro ron rum, ru rus, rw kin, sa san, sc srd, sd snd,
se sme, sg sag, si sin, sk slk slo, sl slv, sm smo, sn sna, so som, sq sqi alb, sr srp, ss ssw, st sot, su sun, sv swe,
sw swa, ta tam, te tel, tg tgk, th tha, ti tir, tk tuk, tl tgl, tn tsn, to ton, tr tur, ts tso, tt tat, tw twi, ty tah,
ug uig, uk ukr, ur urd, uz uzb, ve ven, vi vie, vo vol, wa wln, wo wol, xh xho, yi yid, yo yor, za zha, zh zho chi,
zu zul
"""

#: What stands where nobody said: undetermined, several, none, no linguistic content (ISO 639-2).
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)

_SHORT = {
    code: codes[0]
    for line in _CODES.replace("\n", " ").split(",")
    if (codes := line.split())
    for code in codes
}


def language_tag(code: str | None) -> str:
    """The BCP 47 tag for what a file or a person calls a language: `ger`, `deu` and `DE` are `de`.

    A region stays (`pt-br`); empty for none, for an undetermined one, and for what is no code.
    """
    if code is None or not _TAG.fullmatch(code):
        return ""
    language, dash, rest = code.lower().partition("-")
    if language in _NO_LANGUAGE:
        return ""
    return _SHORT.get(language, language) + dash + rest


def is_same_language(one: str | None, other: str | None) -> bool:
    """Whether both name one language, whatever their region. Nothing is the same as an unknown one."""
    first, second = language_tag(one).partition("-")[0], language_tag(other).partition("-")[0]
    return bool(first) and first == second

export const id = 563;
export const ids = [563];
export const modules = {

/***/ 9563:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  findSecrets: () => (/* reexport */ findSecrets)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./packages/core/src/policy/secrets/is-allowed.js
/** Longer ones are keys as files hold them; no pattern of what is allowed means these. */
const READ = 2_000;
/** Whether a list of what is no secret has this find, or, without one, this whole file. */
function isAllowed(allowed, about) {
    const { path, secret, [allowed.target]: target } = about;
    const byPath = allowed.paths.some((pattern) => pattern.test(path));
    if (secret === undefined || target === undefined)
        return byPath && !allowed.both;
    const byText = allowed.regexes.some((pattern) => pattern.test(target.slice(0, READ)));
    const lower = secret.toLowerCase();
    const byWord = allowed.stopwords.some((word) => lower.includes(word));
    if (!allowed.both)
        return byPath || byText || byWord;
    const asked = [
        [allowed.paths, byPath],
        [allowed.regexes, byText],
        [allowed.stopwords, byWord],
    ];
    return asked.every(([list, holds]) => list.length === 0 || holds);
}

// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./packages/core/src/policy/secrets/rules.js
// Made by .ci/secret-rules.ts from github.com/gitleaks/gitleaks, config/gitleaks.toml at b58d3f102cf3a2c84cb7f923d05c25c9b1aed84b.
// MIT License, Copyright (c) 2019 Zachary Rice; its text is in gitleaks.LICENSE beside this file.
/** 222 rules as JSON, by brotli, in base64. */
const RULES = [
    "HzTpIxE2nNVqzCgqWn0chbSctBIJUMvjjaUGXygBDQFjDEIqHnk0TnQq+b95Jqhrx9irtJJQPilm+DQnoeAMcCdHJJ60MlVfXw8sjXhCyzcYU5",
    "dSOhehClxUK46+qXunlcjJCZ5kuZQyTB+oNJa3nqd+29PX9107w76j1esFF6VrmCgDxMiRd+9P7f/rdy+3WXcjty01yfGW0oyXM8AAYwlGUcEm",
    "mfeaRYerq6+q8VXV+7sNng2XUnU49LE6GJJo62tMPfEe6TSw+Sp92pVXAbadpKvxIHEk4kRp+Clw9xj/P39Zpl/S7Fpj4JM73dz5cJuXIAmdqe",
    "rd+tWsme4WdWtJMKRhLUFV/er/Wy3skQYAl7XMkQmD3EEGlDqSIUh8nCS/v2nC8UYbGihIwjn2+1Qrz8gN+q8Hz5CUNZlLYoUKFYUa1K/GznZj",
    "5old4Jou8AzAc1xZP3uRnAmSi2PZGsNDHzQ3awG8W4bTSenM2iiEINN/Gcuq9t9aO3tTJCQBRJQQaPd8k+n/N0dywRDgr00xpSe5Ut7ms4odzq",
    "Yn62qBze94yNoutBQW0xby3O2420w268bfAq7oQtk7aWmVvcO/teKGVsLYSqS1OVct6OfGEbL9jN2ukQNTqq7D7Wsux3M52eB9c6u6kZIggYvB",
    "kDGQHGVcfy5pPIfhzefJWnF1KXjh09rYECy0PHb1LHSndzFNihXYyiqmA+G3eHJNBS6ihLSb5BhBWF+vpehS3huMuEvLJsMWt67CUSycDW0es5",
    "yZx3cYQ8gjjWHVeMzdy1gMVIM77bG/LbqwcF1iCeiNKN0WT/G3P4QAIMbcgLmpqftr5+OAeclRX3cBrmcWxnfTxdv8jvg+wbXpx0bmuZvAAag8",
    "/2fmiPISlifdtQgW6IVkcL0OnScYXpxif2BIzktOYHI6Bxfnu5+hW5mAAyktqW415BNZZEwbOURJkhQvfKsQPZh8Uj8rf2ma9+1blpXlsJOEA9",
    "QWOeMtqtl0uQERDpZtE7sx9+E5geQU02rB+ClZRShjkKX4YTsmyt0ex0v4SenkmroCe7PxHDFKScvCFcrPKNeW3saMtfTAVOBeyq+m2DG2a01l",
    "fSkgXa2SVNIye9hFUDmNgAJFDJvrTb6itlXAcAfAJfKoPRVhztLm3PJyZUJt8fEpTyzSHHgmyWF/pLm6lbrHAO/DVurkWdz/Z2DBo/fdynJlxi",
    "k1U9x5ZzKPFS/0T1z+Qf93Pi2P100+hRbnlvhdXP7H/HsZvpyRk5xb5865dx6csTNxps7MmTsLZ+msnLWzcbbOztk7B+fonJyzcykC3U3JaWJS",
    "AlqR3JOuS7435H+z1tkegChLO49T5svZw+WQaUIiv76CwdwQu123GuJ4rSAnUU/NNpCVrR2ZLru4RcFXpaU0yQWpcqSVEXCe6+bgcgccZ0qTvw",
    "3Uv/84X8qsQjyGa8uYbs+dsWoTsNdXdK6eqxr/3gjt+qiPpxC/uPfnj1ST1elqmYTogp40PUn5V7smF4koLK/FUl7CTmf9Q3BkWt8RQTAq6bjj",
    "wxYl9k6SexmBCqnZW7KOnhDZSjra/OAsma6aW8QcUKUiAA2GAsWdggLLQuElw1IsOS9/lEGualzbjt7G9gPbhQ8xHYfjdJm9MZlPam73+F8gyc",
    "pW5W1aR/dqbfDOzJJRNsgx3FBAa65UX/Zqk0lOXcM8kQwCTD7exyrRxmr5tQLDTIaInm3KutFGWjB4a1+EXwH5zWKLcj4zlf0pXXlST/fHFgq8",
    "X7nHX2Tzj5jFcKyWmZJWxkNvjoSuHkogUCvcnwajaKJUXz7Eca7vC1AymtjFSahGZimBHOEoA9t/p3aCsLX+qfQkXHGipxTgZoUEKXurh0sxKF",
    "2n2/hgR5Ono2OudxsEYlaZWKmQv+iDVACg+vA7aZFST+qjq9jHGaea3i5pkoFQQntuaHwYZRrOu4ZWVlrC3A2mvmbm7tYgBwcrAieo7adQMY/1",
    "bdYI/Mesv19ARiEgBh+NyAqXwWItkI638nGbkjSGljc8YlUXzhXdrsWUqDqHGr1inm+sHftjuwIn1MsWuzA5C+k8FZTf5twNqhsk0hnoafycEN",
    "vtFuiQ+v3UbsWYAGdvzQ7GLJfxtNGWlVKkAiXUe789AYTTtVtNGTLEI79sT5Mc9n3jQDGjXERCB7IRmgww57IjGFihXwalqRBUu3QhdvQSFd30",
    "N5sTorsrGE0G2FZLAhRkN0wS2HH6ik5PYaobiFrIZC/N34bRT9QIktrxWkbq4rJY9W9kfqwAIttWLZWHS7vZ2s5slWMjuzM8HcYxVf+tr/gtor",
    "Wcc0btcJgcAOUqoYR0Cb8bO4caVmohq9ataroHDPIyOCx4oJQhpVXYr76aWWfHf4SOAm1bhNonPshTQnklAF8xr2uC4iKNR5/4qEyXaGxaUOHm",
    "3FkSLfiJL3fpmPBtNMFbyxJvNIixpGT9m20c6DhUThB5Pl7q7uJgHWL1G9nSjSjGbK2i5Rf9ItsT4YsMAiL6hlvv0Xn0UOOHDapFlWn7grMuhE",
    "rwihIqAlmhUqvq4qvPklI9QEwsIvlACXS3vFSqmtgIEG90MdOZueXGzT/qsuTouHFBWAxVsc5d8S6E5hf3ojdEpnaGSg50v25DOU2r5fJUFqHT",
    "aDdyPTwPZwDdJJh7A2PLyzgmr6LkN0qYtN+dlZtLNeGmixVtSrUro22u/6Pu+/n5x12jBLqve3SJ0kPsevtW/dv7qb/ZpFn/hrNlOxSNuMFMS0",
    "x8uSsr61sreeg5mEw+6no2ByPkb8Wfvbcv+3u7/L7VFd8FtiCZrrqh3kJyeRXFTEoT6+H6JOIE4nXRnZSsVOb683hg87HPyjBLKlJRWi/+dmjB",
    "sUD6+D0nYbWbMXUJ1f8id9APldlF48SL/4/TqMTUkT4UOOH0fW3PxSa9W1fZfcA0QkRNx2cQRZmKwSjXJVrEFIJSPGstYXTRoKlIzVkeqLr7ix",
    "6vgsR+DayoSU0I56UgkvAPieWPrCKveOqRsFFbwXicwviPlbfe+KZP6TzSz1tkQVmshI0T1b87Z6BpWwhUYkFp9URP1tJzn5npbxunlVU/7r6z",
    "m89Em2aTNOoAHEtneXL8BgYXf6/nii5By85Se2edppoPSOo1HNLk8DQW2GGlYIW+q3W8UNFTpLVQGs9dR4juoh/2DM1HvK5gR7oCo731uEoS96",
    "iRZSvBNGHPM1jJHkg2rr6okfABWbDwUdUuL0mAFzEOVAinLY/ir0jMyD46T1A4V30e6xk0xExGod+UNVU/L/O5CbGpubliBqO5rkfJtGwowTHJ",
    "gRjqw1hPqjuufOrebWePZVRUYIb34H/HlBTPU1GtFIyI40XvSERb2iTVL6Tyqb2lEKiHevqFCFWE1NS+V6LVsEf3KbZ6McEhmLv+7DzMuywTPA",
    "c2eb7YvUqEpRMUXGuVlE4sGPyVJP36zQeQhYsiGOjCJ2bzl5HgO+fy9PkbnlVIBvpQK0yG/uigyMbzyzkSwJV1TuSjQZtxOyn+dK+MwuQpdcPp",
    "9xP3SdkwCclkosSuJT/Al7NastNPSxdU8ajvdf0S6kNJUA+K/5RASUe/dOc1Iouffd4N2yqXesD22my7KSTa25STjwweg83QsJ987yOz4tZ2nO",
    "tu0FQlyoQwJAQJhLRj1ey/Ax70UkcKm5XQfHAhWsAjKv4XTs1GTQG2cFU3FNTWkLc/et3t9wSu3I7DTiOHeCYLno9CevxWVuAhw53jAm13OtQS",
    "0aMkZ5BNyp2uo09u06W78M1g3Iu6ZzA0mBfkBo9mq02dIO/MUQVObI2u0Tz9KSWfkiJSxJzKbHS9ashZklaKF7dD+wIUToJcONnJ+b/kNG1Ng8",
    "zuR9896nZ+4yA8FbOZxaNgoi5q8hEMjt4zSfGGJXe1yhc6dp9wzSwIuJA/L0SQIE59CiHoCi007tNK9H+zHgzejBKGKnotuj3xyXQsbROAXFaf",
    "Qh6bZNytyxIeqOYxj6tMPCKgWAb3rCjZvoMgYJbN+YW2vEfxeO9IAHJiSSMJ8+fp8opZRz0AhXMKiD8Q5zXIHeT1PdB9C3DsLbBn1Md95AKwHp",
    "5njwrTB8PmbMnOQO3y3ImPq0WrlP23RnOMm7s4P09Dz8BCKx7ARcxeF0GcgcXDZSVfiz2Awr7tHUMTxHnwp5bfRg6ry3gqDv5yo+rAMLF1GV9D",
    "4A8oJ46U8ahfm+eO6+ay3rOszOXEaW1QOcXs3mLWhUw99xIpeCHFSMpLJuCQNj4F0wDhoSDi48ZliRNJUVZkPM+7tJb4hjNa0vQUYfLJsccc+b",
    "5PIyjjbLSRDlk7IH5gQzLliJhi68wbnfAteUUB2Tk9cuzwE5/U6S5M0kkB5fOISfXl1nK15Bv5O6pJtIFh7FNBbqFNBXXJy7ShBXtMMlZe5xLi",
    "SdtBO6iYAX/gpxDGb/k04MVHXA5oN3gPptSt7CilQpQf+RgXpI4F//33/N3l0e4tBUxU5Nc0HkGg9kQfCscsjgIqAgJTZxDUeU96nrvu2XTFKg",
    "MfDt/QpZxOC7io4RHEaY/TZ6kYfwZYxOTvQZvO3y9Viog8wIETovKTizRQ/HSHZ4pvI17OPqavW8WoqXPYdl3+Y9PYQ8Biioge8aLauwfOyzRc",
    "ztFNsH9ul9+ljGXQFy5x9H3alYmGsGtPwz9nsQfFTY8td/0qBu7q2n75BOKiYiJ7I17bGR9ayXJ6mJSafvXbkHXulfQqTN7GdaChMSVf0zdMkF",
    "3VscC27vTDjEun3Ys8u9W/OxsNBRltAGz/O+39RkOx+DX+GP+ObikTUF6dqEqQmSWuGqPaXwQpDhuIyntCdPoXfFzeJWjEFMQq9KnjzpzlWFGm",
    "H4rvPFZuIbUc2644veWrObIp2q+avncnSIpm2PmPbH/vcFDgXGtq5XTziaskjM+s/sg/jwE4Mhu+xMvhe+f3qPN2DTVWN2t1ZSviJevq9np20b",
    "5e5C1SDzO3UqFdHrYv5TkXcM1YIWlLmP2Lbzci1Ffng3v4jqn8UgDyC0XeSd33CqsuNXbYRJaVvYfu3OGHFsycZgdiIfSHoBAR2/PvlWLCk+iE",
    "ddNtn0VAQ65mrNJt8s2xGn/ZEyNfRTQwfM1V28x1jUcwL48zZvs9u+kdtQr9sVWHncXtnqW55OXy6vdKRR9mTHPvm+VmyV3cstxdbuTI92ivG7",
    "tdHtQrsw0PM8Vk22/5QzAXkLs5keZW5QNZinTP8mKkH1efmjlIu+dy/WwfpuA0uUgNR+o6V67EZddXg8FczMP3bBcMIW3FkmN1aXw81G15qWWr",
    "6876iSjteTss5wTSOocz0NM53ussjezObE5NRUJheMP7/eYOM1YioOti0e1e1oJqe/pMqgJ/o1WpH89acHkcZmxxWj+vdF0SzH17bQearm48cy",
    "ufub6lhf6ETr/yxb2H43DeaALCCzgKdHeMCOJy9pRswId7WK4lVAD5ItqGxINqbKCSDK9W8yXY9gMNEe5MRh4FESnp24EgBu+yxMRBFzMtk/QF",
    "4BHOJIUoT59WCUnwk5FH5aisvI35ElhdGfgIu68FozohTOCViocIA26Xjtn6TY55k5lm8pgy0pbM7xVkIfvSQNDWGCvoZU8pK+v2k1lnhQw+Fg",
    "jlc6uEqWRGcutmH49FNAnByA3ugtHIoW8uMkDHR8dPQp3pNxLRNOR6dU+TdhlSMRkIe+D9iHMPpvwAqg1aAhsyKQPK6U3U4r9wz0sXc6Fnicsi",
    "KN7aEc7J5vqIKh7PJKEFiJNnRDHVSuk4RKOP0LmUEeVGveJS1nPSVxSL9qnsoyIq/S0OHolZh/KppIrT0j8GgVJy0Ws0SCoWfLISieeBBqRV0q",
    "N3XnZTB43ifAgksUj9VhtCK6FX3b0SqJKXwCjxcUqRcZlhYkwOnwOzlmRS8zmIxTWKp9pFko57gF1jSJGd5Le5+S/Hdt7Q66NkuDMm4Vj7RMgK",
    "GMpkBiA6JVqeOOPXdeBL+8BxpfaptrC4xHk1/dzwhIgzxF0lHMoLfkH0EHO5b0UFh6Ak97IC66+Cb660BHDzWRtpKLupB8wjBTNGDr9zJZ50YH",
    "8QjJ6YoWlLT0VF1Eqnfl8St6Q7kiz5+yHtmHoGWLxC2L6mTOStElgcgqTs69o9Er+TERZ/SRngi6TAPOJZ/A2SKyL/+X/+KLv9Xv+anrN1/Zuc",
    "WFDkYkHWFMkWDM5WBE2Q7I+yP8KM8u/kdCQ43yKI63xE4VznEn8JeFop3+HOuaO/pZRQ2BQD/uUDe13+boT+rtpEMxZhIzgrYLFPHXCyOzrumC",
    "cRpYpJraL8uuqihlKsQ+GNYqCNrd9+rbfLZwUT5Rh59tLVJG1NGAorvHndq8vfnEn1/Z/eoz70GA4Zxab/L77KBRQSMVHXcPFbVeZbD65cldIm",
    "iP8Qb2D4draUBhqsXQIVPpmXitq6EBTGzCfuFdyi2iaxpzIbiDr8dpZioDCLkmH2qcHhs78IXq9nr8HOUwJLLSLrlEIUOq2iPiS9xwdhIHWr8U",
    "pIt8PPnHB2vNI7J/mz63TC5jR62IiuE1BCmeaMwtBgK0cWmytKFJTYuzkW0BmjSDypa8PJT7BX0XhSF09uw3OO6VEF0GALnMsPJTuPEILCys6D",
    "SKTwserGkCuU0Dg2E2dl4fAkkkoykzSXNHNqIGg8S+clUSiMK+PBWMU5UgmrifIOz4cKBBQaZv/TXA+wtCoOGuzQtNgR9FwjrD7BPY7dy2XZva",
    "DsqPG3BkiZYzoIRIncMUXKosZr4PRf3mC1RzmGtKk1SwfdL/0Ijm0QgsLyZ9i3LPfa5jkSt1IUHCmNOaLH11EmYiGAwioq9xHKiNT6gtILXWT7",
    "DE3Kio89dMZ0NJfAS+UykPNKwWsAM0sxlFJ/ZrAjX9ImOz81d96/oBLFViQ4i4nxwlwXJD/lexI8gK+8671dbOZy8DXh9ytobMPCVsCtS9mlUi",
    "ed3euiMLVLN6rKGL2WGkE/AYnLMDJ2L9uSPHV3KqHjR3mYtBQ0GNNXPtS/zyjjXHP/AgNVhClTw1EMMcoHHpQkWVKVhEqU9GF6oZyxHkYhc8fq",
    "lt+8toP6XR8wY1bz1+9fKGM7B7GyWBxHz7ainrLw8BQH+ZW91M29trLRDnkfHMlAyhx4Gb7mK58rm+JIteJ6ZP0/yGc0uyUKDXaPzj3N348A2t",
    "hmZixl9m3Cj6e4qFTUa6G05bNfDX9GfOlEY7xcyJXXePo+iodD1ookSe0t0MY2SLLkSPD7WU09QZZjm1+2lISpOCisIoDSiWx3RhT42pPkqjJm",
    "JeSQGNynCwk7JAqFGXRMtgb6KQqK4DXWw8k3A6U14l401jwR9oJuidqbu/m341wMf15pGtuyCBTmF+i33cVyrKsoRldqWybGK8z33my7QGHVG9",
    "jxKw3ztRCGwvJxjxvF63ZJ2cOlSdV4aMNLBy5hA0ca1Y1XsGnrML8bHW94VU7veXtzSb6KuZTX7Xst7AXxZk2Fcke0A9zaKh+4g3cvRWlqP7FB",
    "rkpIxBSRfprqmV3hZB0f5CSZzw2iwpqlTPVxQXjJiOXyMLK3qdTjrnY2z9c4JpX80fwB0T1rxLjkqQKnpe4vpFGO8jmuSVBmB94FqAjy2DhB+x",
    "qZLnbfDLilvKAwEeYcOb9rO0pPJvbDCz3a0voddUnwk3ap5SiRsmwo7niqGGhBWQTvnccXK9477o5q5li0GFNwTZBGFEg3FZbO9un9dcKWN4vi",
    "1bSXNHZs7hW4UmCFi49C+rGeJApPfnsuSORiU3MiIluIQy3kDlrQHT5fxY37oYcfcnzjHKDuKKuul3stablvoJjrvslt0IVI6SVpNZ5dotDGNn",
    "NRaAuBwsKuG+rT1VtS2dzS5t5vDpze0dElCg3WQqCwt0FXPgTpxyi4ERbCUJgDH6/nA6v1mWKswW0IFOZ1ZtYfgc9Qmvf4HjeuJ41zTuj+zInw",
    "auYNk8ohLfWmzW5D6EltQO45oKOLRGuSNTUvWeWizwMpUELMwnEsX3aj9UR+diYWaxPhhXkvgGsgnTSP/F1H+Ibv8auXK/oDj0rwCBY1cNpZOA",
    "ylN1dR2nBRcrtYcyEYql/Q8coBhGuBNtqhg3k6CNzgbpu+Rq0Y7LFBpb137cQOOuaBs/qseUUZG1aeulDOEECD2e4j2imANrbJu93Nvp1ZoLDC",
    "sDz4ayukrWDCCzNSvIi81iTeWrDWF4FS+pn4NtIcoT+3r1oXYfkSv3+EbQQSy6vf90rURCB17TPM8oYAud9GSfst6XV4/zdtzkDo/Fz/vzXi7N",
    "2L9o/YPRiq16hAZEbTsDaw6CK9X6ph7ZBL4y6vxrbOCa8wl3fKCjMXLH4Hwu5wrDf6CdtqzX8WVyCFrgcZwpmFoMHq6C0b7z4BL2GRv95h/RKv",
    "Ts/T5uvl8ZZ3CnMCH6i/vO+1d1scSkIW4qCwN/cKhPrEOmhlAj356sh3Uc8CaLClb8X9RZeo9kDqE/2AmuJJ+4CXXSf+qqPE+vIujPtwu88ypX",
    "jWP4e0NkTK61zMno+pgTOYSAkNNi7xdOwKHwYOlxllfFc28shSQmE/HM5YkrI9VCmFlJcrG733odaseI/qGttwA6I3rocQbwGf50jmnUO2gZKN",
    "JyZBATEVVyNHn7TpirZVoLDpBL0HTjtGccDpTfcaLjFGHtnePeAzTVG8zubPdS8CheW68N5d8LQCyVCiuNKUVhsywTlcukMICjt4hZeR3v9nOt",
    "DbTPmaSRQKmzro43QKr4dwJss0Hj0HtaivOuKicmDoXfkfVyTwQSLZTlWKpG2J7Ar6m3BZiJeVT3dgRr0qwuZvyZTO34TwZi+edAy6baXwHkcU",
    "2Ug5SWm3h71aE0kb8J4CkRkfwtTuGoxjGjxroKNT84kkvFQ36TKtCBQGjFAYH+anCKx0uPTHOHDHXzq5l41fauLDYZcIEsM1dmZfXW7R9sL4nV",
    "hUjU5HT34yDWdCFN9EHqyzexTM6aUif/Z0fPB5st6fZTzBawwuHUaf6GdgEbRjwivMK08dEIFAeCQqvWd34BwUJ8505ffmGfjDnwn8dm9dDLSx",
    "j1OQ3tDFcIYQFAbw+YtJNxczRYGZ11hInEEQjO8mDePzEOrz6RM1DoTTS0WYuXhvxZi8+4hahDpyLRKFNnaJSx/V/LB+sOjjBoz7B6uziXIjDf",
    "YdTvegnxn00sB2ioM2JoKEeuLMOW9hqMD9j6Cx7U6BBmtDoLDSZ+0HiHiPs4zzEUDPTD8sUFUxmioIo90qoOZgYHzeW1gz0su3tflVttD9Cx5o",
    "eZrqf96b8l9ZXwUR7Vxs1OQ8EaiKKral+4S8HMLQxk7IW4NfDTM2+EuMfL+i7kT4GhfEtQecV7dQgrAuBhosr0N+tHhAOVjYM05U98TkcEc55N",
    "KQ3NmcCC/MxyqBEM1gl/LFnlMY2tjAWXhCXUq6NDncPfLoaCZRKGzZyQdlmjUmUZy8Jgd1p4MaI2Qf9HCC8T3El2OO83MDOgXwyGV0h+xVm2mb",
    "Mm6cDF6Yl9zQQy5YZJYE35JRSK0KuSJauJ49okquWD2J1REVnRHpml35koQkijY3W0fACHinh9ErmMu8hvdrT//QoMrEJDUudPf2JbWD8HfoeY",
    "u4f1rtWiUGj02NvftdMr+gxEQ5YU7eNzD3zMMCBOO/2iSSx4EwSDmCfnUjLx6UJsnozWVh3feYSlhiT2ZoIi8ozEsE5YA+GPUizpm2wIrSv3uX",
    "VPeeivRQzXAkPZiozk7Kn0UBAycXo9P9WhWxaeo7GvFnwultqdaNydvcgc934h1/phvS+TE1DHPNHA8kZZ4N+wNgZqQtysnoY0Cc9crMThsqyu",
    "jmuAeY0IG97/KCBmtPgTb25ttR7OdnXnJDgxUFWggUNj2g98Bp4+bPcxX455Yo9Mw+6645997gTygbL2suBG1su6VAG3trd3XruSHoTPHLajEB",
    "8ISnSgClyuPiJdjGXh0LzDYsN9TG2cOO3cslL2iwtgm0sbjrUIlg5BqxvC0T44U5yNuKkjSS9FnE3r+uOzLKgr06OLZskIzWGUt8+oCWN1yq0l",
    "AqrmwA4HuYpN0059V/Njd+MXO/J2gQ6NhLxRJ0T9v9IJS99eFG2stjXSFRQyj9sI808mT9HoB7CKrisnHH+rP4tKS7wdAeKaI/f0ERRFI3f7nC",
    "dTovJS55E5lW1vlyuza6x0w568vjG3BhO0U7xLXh085kVPfIF2+motZH4Z9XZ3wgtptq1GBJ0k1n7GNoLz0JHbx7vOU1xPRqRynnGvjjLTD0yF",
    "jX3ge6cotJIgX5T5MXFKZD+FsFUMGQq/AyHzyjHktNrg4KsXkI8TfZThuiOHqPUg3gvuO/hafHtxRpkiP1klnW0Aa7xUDPTHWAaoh04z5bUe0o",
    "A3PnKy7tnw3cMfTaPQX8RpdQXubeeqxXQ3drkXtdq5O4tlWJqBDPWqodtIeuRv+c0kCDtY9AG6PSRWE+s1ANaV+y/8+t+yAW73u19uzNQnuDav",
    "plPv0m+hKehaCw0mBzHQAVtehFM0+ET97N9y4EbWxbikAb2yB1WY6oRVWSI2/SBytVjittjRFuvJKHe8ypohO3v+iDJbjO5FLH6EEDycRixCK7",
    "955cEgTCIlbJRCEf+mf/lrtU41CaNl5hc0UwUxA8ko/nl/c1obfhoub2WorLr4ptCWvoERXjxkrXY6/EVirDEq3a6G0JoI2dZt/agIUACnMyts",
    "f8xRKVRSWLnAVfHTjjT+15Iqcf2r1SVO7b1d29nTRjhLlY0qsKZrpbi1Ss2zdJrGgXfvF2Yw9m64zphVeY2ybQxmb3CmubABqsxYQXZoivU30i",
    "uDmOe4TiGBFLkou3HF7He33xF5EamS5ziS+Msdv8fLSsf4/QpTzSVOAV5ioYdlxOFNBbF0BhZewsqlKl7icweNcHvcjnfKoOZqnlNMN4AX05wH",
    "ZLA21sQoohHVkAc7fu7WxGPjuT2q8I3o7c5bpPitdeVbbcYaoeRfplDUAhsIlSOY+ooVLntFRlDcbWQqCwWngi2xAw2DFqAMY93zc/zoIruqUP",
    "eD1cGEHWz/5VJJym5K5KKrl9Uj3Dkpoi4PqOMq7wOgH/fqWAnpld/g9+66CfiizX3YSgwe72Lv8536IBXUzpjSsK+p0wuoMthKCNbaNNeDWzc4",
    "8vldk9B8EMc/4Ahe6S2zCBNrZ9q0AFYVj7OyGc2LUyP4mO95SEO1U8j7/laD35ZBN/e9Gu899r9Z+kuunOtX1TEGIbc9XYII2pS3XgzLo22gpS",
    "zzdXNp0oJxKaVH/buNKIhEXFo3uMqh3ecjgR/wq6G8S/y9gtq9EKhZpFrU7mp7LvTeuhZ/xGtl3V4jafLX6equS6iq44l6fQCTCZufvzhbZLT9",
    "sFVVen4czJpll9UoxRaDvphB11oagEJn1NNE380k+WJfJGsYA9OiqSiy9m60mqKEncvP6L3h9aQ8Cp9dCAotYPthJF4eEtchyv7gq1GkD1DJG7",
    "21q6vvk69ojh2F1Br3zGzp2Jzk+9lROCyNj5ap7tZgtPoqJS6z1nBEfbqoz6RnptVZz5DCiFsJ3gjMcEKU+v05D6vKtZAizD1mchcrZ6aixUfS",
    "FeGHdr01Q3AHpPky6Cxu+r57VA6HrBiXQPTXFNRv2yCDYp9UvJpCy9cRLoGqrfYZ5xXBQDpHnEskxJHNYHOrrtc/Lr5+sAnPlpXrwHrIPQNfzK",
    "ChVY93a0T3veN8n06v+AMi0sfRlTamEO81i6tb6tnhuU9IOOapExJ2otzJQxLTDWeO/sM+G5RVD0YkkT3pXxEB4/2M9Zq6HOrVf8GmO/0Mzy/u",
    "C0CTly7NiY56kgIujw8ybyQKGi7ge7M3C6AdBzEjsls7o6hESVLiydV7Se8jNiXSWbQQ1YN2NE1T4Ai4LGenReQZ3G4QZcgLW9+6NbS4EL58Q1",
    "KoqzrscyhkROTcxOONXYPwkPK6CFa2jPexy8X53F3bG1KDWNM2EgXO+B4fqk8N57enMjSbZyZafUbz+trYqmIre4CmHcbS+i7HsfoJM2McCFFj",
    "tu5ghNzbgFeTUBLg+9Aw7oIfzuEByEBAi9PsrmB62tamUyZzZ/VCWtRAUH5R38V42KHwPvqDCdjk2I6aoNW9HiKjUMWxhXFOr6kEqEZQJslWUA",
    "3ooUVxSirIXY1LfoErMQxssW8Fl5E87leyNDpR0wGY5vClT8MGpsYiee0thIV1nVUr1ly62uQkR6qpDR9kWXCyDC6V0y03N9VPt+UTGWrPQNvN",
    "h5xXb1uNZN9mDOLdkFEGYHt5SFfrFc55EOSYRMm5SD4wgQgIR3/PgBENz3iwa/BzCj+waJ0O58A0WraqlrihbNkOsZMwTI/NZTaQoStF7o2LXh",
    "wZCYyaGgSDipkfWwEhoPRXPx0hkVbsU/WI2r3D2dgA9H5Jj02OnC1EXLsTEkl0QDlwfv4ddkTzLWCzrcvJL34CQCq7LsQ2FbZqmdbRwXTVuAFM",
    "YBuutvlX5fkzeBclr2jed6J4BK6SRBXkpc/+u3HD2oU73wsoJBllepZhlM/B2fzP7hVsXB4hFd3oJ4Et6h6iH+1uCdPBQ5Y3k0bUZxmPhjR21t",
    "cBq9R4fQRntQTRRVQ5LxKaY38lua8t5fwUHWXf4lfPkbtD0b/EPahOTByN2ZmM+2dA1N9PymcR5/9i4XtwL3w+Vt+qP/Zk64vn3lKc4G/d21eM",
    "JJ+fBo+7MkTtj6k5gj/wSaORt+eFOSbcXwnI1qa+nqDI+3N+mvo+/o7Q2zDyZvvuBx/iTycDZ6rr7FMXHgJtZoO5F07TQkmu+fMSKGFXgXbMff",
    "1rqfxTraqrjE2v74+GllWZzORsSnx8tzD4wK/5q+iy/NHyvd+J68dbp1KfklwYFr2njJ3AjD1Ozi1dea6H6xkPLZbf8U2O8dY8WN3rtFqGcfhU",
    "MQhDg2T6537YXmIIjsTLSFm/natVofDGc7bqO+PJsfHpHbHMafiEWhLuatO4zdt/dhxSmM9+vdjmef0OFUrk2W3CpHgQlYxtR4TYfsyan/smbY",
    "ea88evXeHL/0h1fa/mApdbOghXHnJVm+rRc4m2RGixHvoJDbzlwrlifbHME2l0er+nzaGQ8bYicNwMI7gEm+Uk7pP4czCCt/QKn6lDuxpUJclJ",
    "hqIxShrR4aQq3tDVpwE1wAIAtgOqjotve/iPUW5Xb4F4os58zi7u31mR+ijTvhLmG6o0ivanRksjlB8Wzg0FRFnk84ZqQ7TCIENswzaYVTg+f/",
    "N00jULmSzr+KhC6jx5Xv2x6bsCdxhr/1VuVwGeor/eW9bM580YJJ/MIX1tfAQmvrSTOEV+pztLRI7nCsWtzejYXbUgywkGv3vxAFoK16xp9P7f",
    "XiGfG7Fcy+gcq4p7EGGttWiwZcD1tRsYRGpsb2cQmYuG2CmdROt6FFsYUmF8yMwsdWIwBnfkZHp6ZApzq6VZd9anUPULxnK+92HqP1rfEDx6Je",
    "tnhbWVwcbesXCPZI8Y9ZHurDZuG80c/o4WSdiquoXd8K1YTmhajGneguspMyKxOf7wAu8aq2dLb1KmV+Y8zcFfEj3tKvGvOHaWzIRR4wEdNSDG",
    "izYw7LcDQw+KnEM6WHplVH3UXa7FugrT6v5K+MqfVxLPzrqmee3XuepzxPPiDpNP30twm6V5c+FasL4HC+0O5yEC1WCQI9eS2kHNR1zOG78Svl",
    "P6Lno3XPqN7ckDQYEueAOfepDVe8wvuo/TItWxo6MTWWEs6gV39Mx4jInr3HGBI07GMsRaFP5/VmV0+otSohryZ9NLmNlJ+FEbWYdGTqeW/Kdb",
    "kD6kvondlsmRoHF4CUh+XQYff72JnGmqJcp8pk1DRbeIfM6vg6RPueAv+9T3bjNqU7o9uqK/jISftGWkWoUm9IhU0WoQe36BtsZjGrvVwDEN9u",
    "fKCxn7JWM2JybJ7YbvNvBZzT3zHhKhJyn5Ca/E2QLXjhV0aSRxZnCPOsg+p903DAsLTuggFcnex92Y0Y/I8gUmf1bqf2qFS0snyfUhwJnpBInl",
    "PFEE5v2PvWkuxu/4xleR3Y74O+otPHSPajh/X3imLDpZ/NxGL8PKhlU7BvMZJ7xJR9S4qhiUu+dam295GoigsfhDKXS/f1UQPbeeQsnbRmiEOx",
    "bTHfJLGqGwXUtiFHoxG1Sa5vppvRKorVQ0D70Dg+Hf2qVDF0cwZWEqLPfzOT+toU92kCKLBOH0Hs5l/qZ1T8BbCkAGpS/1Ujhv1U2yEZd+ZGFr",
    "2CLsLfnefupgtqzmclqSij9GvFDW1++INRMgeKd99C81w//jyOuYZvws9u7Drtru9fG76hwll+mLpT7eOqD3B8ERikJ6bRRsmTCx/oHEXtZwvy",
    "WUWfhKEclcgCxXdtyauwWTX9OcEQe7O7hcQluzgKjYBttwjB43s/185V747pNMLzXnZgH9fyRB3yEbmVYJIJYlsdHkY2BLRuiXLB9q/E81vCWE",
    "GpooD0BGWbR1OqhOyTMYkppHKfET8o7lCYZxLIgwOGEowWjHcdMswKKB48ZrxRHErT7H1C6kfEWsszBYc2odbvJpFBQ2psRG2/2YvQCxfU4aly",
    "SGfxooj3xzpnj7qXXosQCTlpHfrkqEbFIFOFFQnU0elpKFWsXQwMzmLKb8YkVvnHWMmnOaqWcmR3WWhb1AQSzrRLLMnsD4TSrkrpsXqFdG39r0",
    "PZrUxiWvF0mPm02U0g9b//XY/c5fKpyx3U/3g2KR1KwOjTvV2OL+WsDMzRDAXzSMD5zx5TwYSTVcctyEIFYOuJLJ1RxQlO25ys8oHqeBa6g2/V",
    "usP5JNljDzn1pR9UKDcZX9HU1lJ38wdG1bY9bMlw2n//S5YRqX1ILeoHm0nn7qmDKCzyWk6T9i98DUId8bVabEIKTvxPAz5IRuHv5+F/GYr8jK",
    "H4IlvK8+/1yXeEVbZlSiLJnD6JgAdpWyS1LvTBEeysPIsHrf98wVbwkByzJt4PmS/OpPnPSSZNnSLMhKQxdUuBXrVJH32To0n3lHHA/LfbtEgs",
    "N4cH/JO5l32VTUpZrLGuaA0XLgAVW+maXD1R+9TM/NuAcgFDXw86lubSp07QYGsXrkf5use5CkdQI7mmIX84U55a7OEmLFUU8epTExKlRgZPog",
    "+O0PKwKhqdXKlEgBTAMe1VQtSFIBS9RhsGQEV+4YfLjaWXIEDq+0dL0ALn8uBaTxLf2j6v+zek7QRhsqdi9hXv9kI7J+RhI5Q2LbfE8R/2CZR1",
    "v8EKQKYkcFE3F4eBss0YfeEMwML5CL5vaqDTg9cdMlvfTwYL9GEGHsQYBuZW/0gDKZa85yz9Pn7DS6/Ir8ZyzTTVD+nyeTlIh4g83Et7jyj7Az",
    "1V/23I/7u8BZT3Kh6L7Mw51DcZUs+nXQt01maYdzDM/6ZL/oPfu+l4QYNvyz0bNG2JNHu6NzF6TlP53pn2JkT9mVGsKxM/YOgLSJHzncX+xwQ4",
    "aUGV27RCOa8zyB0WykmNF/aPMygc5gnQem25ToYV3vksk/jpnt0AIecpEOgUTZWt2LgQutABCSI7bo9khw7ijIZ9bVFdiBV8rgpU8byROnyxdA",
    "t2UHXuSnrqSC7EED4zhGlBghv9X4b0/h652kpB2RfQn8uyf4uAlqiHs0P71qZ+rO1/jVTbQshXMt1Rw8lnQTa0T18xf7ie2rn4vgCLYQrHRG/C",
    "IuV+jVa8fFZ+gKADTIl2bwkJmCTO1Y6JxBPlCFvnZ/52QhdKTXMF2yu9ANe+NpkEdo2ugj+LSX9Bab2Nqs3i+NvTzOtzpPKdpDbpuK4FaGxjJ4",
    "c3I7v0kqP3yFeZYUaPUmp1MhDJKbo6YplckktmlChktM49saNL8OX0b0u341am3SdNYezsAug6QDqGXQPH2ZAilFrajSYaRgf8Htjw8ZTK8up4",
    "wIG+otqlwATlSMqzJ7a+Lfsuuii/iITtFJIk7fQpzV46ooCUVBQf2EFB9M1AdGF0G61Ym+ehRELwmQbs8/XIpHli7HL4P+jRlstpqT4cb9SRL0",
    "RB+oa9Q9aVZDOnO60hzckRW8qHOQwJsDGGyLO0u+h5bgvy0aK2E5TXFHZcKGYuUGZyViNtNw2TKVviELLTKKJbKbQ7Oq3m1BJ3EyXiN+I505qP",
    "HSYG8EIgYiTVVKH2G473hos0i9PoDjPMiqs9Is9BH5DLHMOJK91TendW2B50WSIwlLPNte4u0hA3Y52SNkfNWdykQBjNTWbc9WDy5RxHTXbCh8",
    "odPtRXOT33euWnEMLP5WKZX51Wakb3mGCeP4eL6ORe9UQUEkzfdiKosBG/TKoMad5zSNGThdcDBiPeqO48Unl1FbWdd6QIKyUERQfQkt5xNBg4",
    "Lk6VtPEeP8trHJVS5zZ0tb2mPsvLnKs+XdJ95+ezq+qH2t/kgwEV0hDrnj7hX4T3Zj/8Ip7BM16MqIlRqmf9/FnVADLMfY+l/kXCj2XHQ4XwWg",
    "wBkjXOT6eHg7zbrAAM+SOWAto0Dk90IKUhfZT7LPsu1mllqS/eSDCu7qaoujgCmPqX/tAZA206c5oqZj92fgjAkLN4IcN2LiIvCMD6Por+0y7G",
    "REwige8ODMS1uwREQXjOkhBwFymR9cywoEuV3WKPgGPyIDlWImlqWePWFmaaptfkcGX2aaqACue091/jCtXRXYC7xtIqDXGH1Ad1fS2lu2JloV",
    "l29VjmuduOKbEumg0ISNXv9sdyToDYk2GVSd+qGwMV6fJJhJJiTBldTY5yvOhW6Ma2W0cxr4tQET6cH+HVaxug7Sr/HgALaazJrGjGjrKBQkdd",
    "zd+o1Ht/Dp8GHyMV2KieeYVI3+vZF3oOTE8767nTvwXDNBh9xzhDmG+0x390sWCZnX2Jm8uNULGAipju0gviaLkF",
].join("");

;// CONCATENATED MODULE: ./packages/core/src/policy/secrets/to-javascript.js
/** One piece of a pattern: flags, the head of a group, an escape, a class, or a character. */
const TOKEN = /^(?:\(\?[a-z-]+[:)]|\(\?P<\w+>|\(\?:|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|[\s\S])/;
/**
 * A pattern in Go's syntax (RE2) as JavaScript has it. Flags that hold for a part are written out there: `(?i)k` is
 * `[kK]`, because V8 does not find all that patterns with such parts match.
 */
function toJavaScript(pattern) {
    const whole = /^\(\?i\)(?![\s\S]*\(\?[a-z-]*[is])/.exec(pattern);
    if (whole !== null)
        return new RegExp(written(pattern.slice(whole[0].length)), "i");
    return new RegExp(written(pattern));
}
function written(pattern) {
    const groups = [{ i: false, s: false }];
    let out = "";
    for (let at = 0; at < pattern.length;) {
        const [token = ""] = TOKEN.exec(pattern.slice(at)) ?? [];
        at += token.length;
        const flags = groups.at(-1) ?? { i: false, s: false };
        const set = /^\(\?([a-z]*)-?([a-z]*)([:)])$/.exec(token);
        if (set !== null) {
            const [, on = "", off = "", end] = set;
            const next = {
                i: (flags.i || on.includes("i")) && !off.includes("i"),
                s: (flags.s || on.includes("s")) && !off.includes("s"),
            };
            if (end === ")")
                groups[groups.length - 1] = next;
            else
                groups.push(next);
            if (end === ":")
                out += "(?:";
        }
        else {
            if (token.startsWith("("))
                groups.push({ ...flags });
            if (token === ")")
                groups.pop();
            out += writtenToken(token, flags);
        }
    }
    return out;
}
function writtenToken(token, { i, s }) {
    if (token.startsWith("(?P<"))
        return `(?<${token.slice(4)}`;
    if (token === "\\z")
        return "$";
    if (token === ".")
        return s ? "[\\s\\S]" : ".";
    if (i && /^[a-z]$/i.test(token))
        return `[${token.toLowerCase()}${token.toUpperCase()}]`;
    if (token.length < 2 || !token.startsWith("["))
        return token;
    const list = token.replaceAll("[:alnum:]", "a-zA-Z0-9").replace(/^\[(\^?)\]/, "[$1\\]");
    return i ? list.replace(/\\[\s\S]|[a-z]-[a-z]|[a-z]/gi, bothCases) : list;
}
function bothCases(item) {
    if (item.startsWith("\\"))
        return item;
    const other = item === item.toLowerCase() ? item.toUpperCase() : item.toLowerCase();
    return item + other;
}

;// CONCATENATED MODULE: ./packages/core/src/policy/secrets/read-rules.js



let compiled;
/** The rules of gitleaks, compiled once and only where there is something to search. */
function readRules() {
    compiled ??= compile();
    return compiled;
}
function compile() {
    const text = (0,external_node_zlib_.brotliDecompressSync)(Buffer.from(RULES, "base64")).toString();
    const { allowlist, rules } = JSON.parse(text);
    return { everywhere: compileAllowed(allowlist), rules: rules.map(compileRule) };
}
function compileRule(rule) {
    const pattern = rule.regex === undefined ? undefined : toJavaScript(rule.regex);
    return {
        id: rule.id,
        regex: pattern === undefined ? undefined : new RegExp(pattern.source, `${pattern.flags}g`),
        path: rule.path === undefined ? undefined : toJavaScript(rule.path),
        entropy: rule.entropy ?? 0,
        secretGroup: rule.secretGroup,
        keywords: (rule.keywords ?? []).map((keyword) => keyword.toLowerCase()),
        allowed: (rule.allowlists ?? []).map(compileAllowed),
        // Those that begin with what stands before a name want a name and its value, on one line.
        isLong: /\{\d+,\}|[\])a-z.][*+]|\{\d+,\d{3,}\}/.test(rule.regex ?? "") && !/\{0,50\}\?/.test(rule.regex ?? ""),
    };
}
function compileAllowed(allowed) {
    const target = allowed.regexTarget;
    return {
        both: allowed.condition === "AND",
        target: target === "match" || target === "line" ? target : "secret",
        paths: (allowed.paths ?? []).map(toJavaScript),
        regexes: (allowed.regexes ?? []).map(toJavaScript),
        stopwords: (allowed.stopwords ?? []).map((word) => word.toLowerCase()),
    };
}

;// CONCATENATED MODULE: ./packages/core/src/policy/secrets/find-secrets.js



/**
 * Matching is bounded (no pattern ever meets an untrusted text of any length): a text is cut into pieces that
 * overlap, so that whatever is no longer than the overlap lies in one of them whole, and only pieces with a
 * keyword of a rule meet its pattern.
 */
const SHORT = { piece: 4_096, overlap: 1_024 };
const LONG = { piece: 16_384, overlap: 8_192 };
/** More of them say nothing more. */
const FOUND = 100;
/** Secrets that a file has, by the rules of gitleaks. Comments that ask not to look are not obeyed. */
const findSecrets = (path, text, effort) => {
    const { everywhere, rules } = readRules();
    if (isAllowed(everywhere, { path }))
        return [];
    const lower = text.toLowerCase();
    // A letter that is longer in lower case moves all places behind it.
    const places = lower.length === text.length ? lower : text;
    const search = { path, text, places, effort };
    const found = [];
    for (const rule of rules) {
        if (rule.path !== undefined && !rule.path.test(path))
            continue;
        if (rule.regex === undefined)
            found.push({ rule: rule.id, line: 1, name: nameOf(rule.id, path) });
        else if (rule.keywords.some((keyword) => lower.includes(keyword)))
            found.push(...matchesOf(rule, search));
        if (effort.left < 0)
            return undefined;
        if (found.length >= FOUND)
            break;
    }
    return withoutGuesses(found);
};
function matchesOf(rule, search) {
    const { path, text } = search;
    const { everywhere } = readRules();
    const { piece, overlap } = rule.isLong ? LONG : SHORT;
    const found = new Map();
    for (let start = 0; start === 0 || start + overlap < text.length; start += piece - overlap) {
        const part = text.slice(start, start + piece);
        const beginnings = beginningsIn(rule, search.places.slice(start, start + piece));
        search.effort.left -= beginnings * part.length;
        if (search.effort.left < 0)
            break;
        for (const match of beginnings === 0 ? [] : matchesIn(rule, part, search, start)) {
            const at = start + match.index;
            const secret = secretOf(rule, match);
            if (rule.entropy > 0 && entropyOf(secret) <= rule.entropy)
                continue;
            const about = {
                path,
                secret,
                match: match[0].replace(/^\n+|\n+$/g, ""),
                line: lineAt(text, at, match[0]),
            };
            if (isAllowed(everywhere, about) || rule.allowed.some((allowed) => isAllowed(allowed, about)))
                continue;
            if (!found.has(at))
                found.set(at, { rule: rule.id, line: 0, name: nameOf(rule.id, secret) });
            if (found.size >= FOUND)
                break;
        }
    }
    return [...found].map(([at, each]) => ({ ...each, line: lineNumber(text, at) }));
}
/** What touches the border of a piece may go on behind it, or begin before it; the next piece has it whole. */
function* matchesIn(rule, part, { text }, start) {
    if (rule.regex === undefined)
        return;
    for (const match of part.matchAll(rule.regex)) {
        const isCut = start > 0 && match.index === 0;
        const end = match.index + match[0].length;
        if (!isCut && (end < part.length || start + end === text.length))
            yield match;
    }
}
function beginningsIn({ keywords }, lower) {
    let count = 0;
    for (const keyword of keywords) {
        for (let at = lower.indexOf(keyword); at >= 0; at = lower.indexOf(keyword, at + 1))
            count++;
    }
    return count;
}
function secretOf({ secretGroup }, match) {
    const group = secretGroup === undefined ? match.slice(1).find((each) => each) : match[secretGroup];
    return group ?? match[0].replace(/^\n+|\n+$/g, "");
}
/** Bits per character. */
function entropyOf(text) {
    const counts = new Map();
    for (const character of text)
        counts.set(character, (counts.get(character) ?? 0) + 1);
    let bits = 0;
    for (const count of counts.values())
        bits -= (count / text.length) * Math.log2(count / text.length);
    return bits;
}
function lineAt(text, at, match) {
    const begin = text.lastIndexOf("\n", at) + 1;
    const end = text.indexOf("\n", at + match.length - 1);
    return text.slice(Math.max(begin, at - 500), Math.min(end < 0 ? text.length : end, at + match.length + 500));
}
function lineNumber(text, at) {
    let line = 1;
    for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1))
        line++;
    return line;
}
/** The general rule guesses; where another knows what it is, its guess is the same thing again. */
function withoutGuesses(found) {
    const known = new Set(found.filter(({ rule }) => rule !== GUESS).map(({ line }) => line));
    return found.filter(({ rule, line }) => rule !== GUESS || !known.has(line));
}
const GUESS = "generic-api-key";
function nameOf(rule, secret) {
    return `secret:${(0,external_node_crypto_.createHash)("sha256").update(`${rule}\n${secret}`).digest("hex").slice(0, 24)}`;
}

;// CONCATENATED MODULE: ./packages/core/src/secrets.js



/***/ })

};

# Run at build: the files that IN lists become one array of bytes in OUTPUT, NAME, with its length and SHA-256. No
# program that runs on the target is needed, so it works in cross builds.
set(text "")
foreach(file ${IN})
  file(READ ${file} hex HEX)
  string(APPEND text ${hex})
endforeach()
string(LENGTH "${text}" digits)
math(EXPR bytes "${digits} / 2")
string(REGEX REPLACE "(..)" "0x\\1," array "${text}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" array "${array}")

# The hash is of the joined bytes, so they are joined in a file first.
execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${IN} OUTPUT_FILE ${OUTPUT}.joined RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cannot read ${IN}")
endif()
file(SHA256 ${OUTPUT}.joined sha256)
file(REMOVE ${OUTPUT}.joined)
string(REGEX REPLACE "(..)" "0x\\1," sha256 "${sha256}")
file(WRITE ${OUTPUT} "#include \"bench/report/page.h\"
const unsigned char ${NAME}[] = {\n${array}};
const size_t ${NAME}_bytes = ${bytes};
const unsigned char ${NAME}_sha256[PAGE_SHA256_BYTES] = {${sha256}};\n")

# Run at each build: writes OUT only when the revision or the tree's state changed.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 OUTPUT_VARIABLE revision
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision "unknown")
endif()
set(text "#include \"cli/version.h\"\nnamespace assay::cli {\nconst char* const kRevision = \"${revision}\";\nconst char* const kVersion = \"${VERSION}\";\n}  // namespace assay::cli\n")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()

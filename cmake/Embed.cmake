# Files that are built into the product, so that a binary and its rules cannot come apart. Each
# function sets `ret` to the C file that will be made, or to nothing while there is nothing to embed.

function(embed out what)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/made)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DROOT=${PROJECT_SOURCE_DIR}/policy ${what}
      "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/EmbedWrite.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/EmbedWrite.cmake
    COMMENT "Writing ${out}"
    VERBATIM)
  # A rule may be longer than ISO C promises for one literal; both compilers have no limit.
  set_source_files_properties(${out} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()

# One file as `const char NAME[]`, `const size_t NAME_len`.
function(embed_text ret name path)
  set(${ret} "" PARENT_SCOPE)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${path})
  if(files)
    set(out ${PROJECT_BINARY_DIR}/made/${name}.c)
    embed(${out} -DNAME=${name} ${files})
    set(${ret} ${out} PARENT_SCOPE)
  endif()
endfunction()

# Vocabulary, rules, regimes and budgets as `policy_builtin_files` (policy/policy.h).
function(embed_policy ret)
  set(${ret} "" PARENT_SCOPE)
  set(policy ${PROJECT_SOURCE_DIR}/policy)
  file(GLOB files CONFIGURE_DEPENDS
    ${policy}/vocabulary.json ${policy}/budgets.json ${policy}/rules/*.json
    ${policy}/regimes/*.json)
  if(files)
    set(out ${PROJECT_BINARY_DIR}/made/policy_builtin.c)
    embed(${out} -DPOLICY=ON ${files})
    set(${ret} ${out} PARENT_SCOPE)
  endif()
endfunction()

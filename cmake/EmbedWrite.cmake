# Run at build time (cmake -P): writes a C file that holds other files as string literals.
# In: OUT, FILES (";"-separated), ROOT; and either NAME (one text: `const char NAME[]` and
# `const size_t NAME_len`) or POLICY (a table of struct policy_file; the name is the path below ROOT).

function(c_literal ret path)
  file(READ ${path} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "?" "\\?" text "${text}") # no trigraphs
  string(REPLACE "\r" "\\r" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  set(${ret} "\"${text}\"" PARENT_SCOPE)
endfunction()

if(NAME)
  c_literal(text ${FILES})
  file(WRITE ${OUT}
    "#include <stddef.h>\n\nextern const char ${NAME}[];\nextern const size_t ${NAME}_len;\n\n"
    "const char ${NAME}[] =\n${text};\nconst size_t ${NAME}_len = sizeof(${NAME}) - 1;\n")
else()
  file(WRITE ${OUT} "#include \"policy/policy.h\"\n\n")
  set(table "")
  set(number 0)
  foreach(path IN LISTS FILES)
    c_literal(text ${path})
    file(RELATIVE_PATH name ${ROOT} ${path})
    file(APPEND ${OUT} "static const char text_${number}[] =\n${text};\n")
    string(APPEND table "  {\"${name}\", text_${number}, sizeof(text_${number}) - 1},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(APPEND ${OUT}
    "\nconst struct policy_file policy_builtin_files[] = {\n${table}};\n"
    "const size_t policy_builtin_count = ${number};\n")
endif()

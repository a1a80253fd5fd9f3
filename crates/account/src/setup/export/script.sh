#!/usr/bin/env bash
# A bucket that one IAM user uploads to on temporary sessions, made by Sandglass. It needs aws-cli, signed in as somebody
# who may do this; a second run finishes what an earlier one left. No access key is made: its secret would be printed here.
# What is there and was not made by this set-up is not changed, unless CHANGE_EXISTING=1 says so; what a policy, a trust or a
# bucket's lifecycle says stays even then, whoever wrote it. Whatever had to be left is told, and the script ends with 1.
set -euo pipefail
export AWS_REGION=@REGION@ AWS_DEFAULT_REGION=@REGION@ AWS_PAGER=

bucket=@BUCKET@
user=@USER@
role=@ROLE@
mark=@MARK@
account=$(aws sts get-caller-identity --query Account --output text)

@DOCUMENTS@
is_ours() {
  [ "$1" = "$mark" ] || [ "${CHANGE_EXISTING:-}" = 1 ]
}

refusal=$(mktemp)
trap 'rm -f "$refusal"' EXIT
# Puts into $answer what aws-cli says to the words after $1; false where it refuses with $1. Any other refusal ends it all:
# what cannot be looked at must not be written.
ask() {
  local expected=$1
  shift
  if answer=$(aws "$@" --output text 2> "$refusal"); then return 0; fi
  if grep -qE "$expected" "$refusal"; then return 1; fi
  cat "$refusal" >&2
  exit 1
}

status=0
leave() {
  printf '%s\n' "$@" >&2
  status=1
}

stop() {
  printf '%s\n' "$1" >&2
  exit 1
}

make_bucket() {
  if grep -q Forbidden "$refusal"; then stop "The bucket $bucket is another account's, or closed to you: choose another name."; fi
  # With its mark from the first moment: a run that broke off here must know it again. An older aws-cli cannot send it.
  ask 'Unknown parameter' s3api create-bucket --bucket "$bucket" --create-bucket-configuration "$creation" ||
    aws s3api create-bucket --bucket "$bucket"@LOCATION@ > /dev/null
  # An aws-cli that could not, or a server that took no tags with it.
  ask NoSuchTagSet s3api get-bucket-tagging --bucket "$bucket" ||
    aws s3api put-bucket-tagging --bucket "$bucket" --tagging "TagSet=[{Key=@TAG@,Value=$mark}]"
}

encrypt() {
  ask ServerSideEncryptionConfigurationNotFoundError s3api get-bucket-encryption --bucket "$bucket" \
    --query 'ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm' || answer=
  case "$answer $encryption" in
    # A key of the administrator's choice is more than S3's own.
    aws:kms*'"AES256"'*) ;;
    *) aws s3api put-bucket-encryption --bucket "$bucket" --server-side-encryption-configuration "$encryption" ;;
  esac
}

# What is put below takes the place of all rules, or all statements, that are there: so it is put only where there are none.
remove_incomplete() {
  local any="Status=='Enabled' && AbortIncompleteMultipartUpload.DaysAfterInitiation<=\`@DAYS@\`"
  local all='!(Prefix || Filter.Prefix || Filter.Tag || Filter.And)'
  if ! ask NoSuchLifecycleConfiguration s3api get-bucket-lifecycle-configuration --bucket "$bucket" \
    --query "length(Rules[?$any && $all])"; then
    aws s3api put-bucket-lifecycle-configuration --bucket "$bucket" --lifecycle-configuration "$lifecycle" > /dev/null
  elif [ "$answer" = 0 ]; then
    leave "The bucket $bucket has other lifecycle rules, which were left as they are: add this one by hand." "$lifecycle"
  fi
}

# A statement without its name. Lists come back from AWS in another order, those of one as a text.
says='{effect: Effect, who: Principal, what: sort([Action][]), where: sort([Resource][]), when: Condition,
  but: [NotPrincipal, NotAction, NotResource]}'

put_bucket_policy() {
  if ! ask NoSuchBucketPolicy s3api get-bucket-policy --bucket "$bucket" --query Policy; then
    aws s3api put-bucket-policy --bucket "$bucket" --policy "$bucket_policy"
    return
  fi
  # S3 gives it as a text: within a query it is read, and there a backtick would end it.
  answer=$(printf '%s' "$answer" | sed 's/`/\\u0060/g')
  answer=$(aws sts get-caller-identity --output text \
    --query "contains(\`$answer\`.[Statement][].$says, \`$bucket_policy\`.Statement[0].$says)")
  if [ "$answer" != True ]; then
    leave "The bucket $bucket has another policy, which was left as it is: let it say this, too, by hand." "$bucket_policy"
  fi
}

put_trust() {
  ask NoSuchEntity iam get-role --role-name "$role" --query "[Role.AssumeRolePolicyDocument.Statement][] |
    [contains([].$says, \`$trust\`.Statement[0].$says), length(@)]" || answer=
  case $answer in
    True*) ;;
    False?0) aws iam update-assume-role-policy --role-name "$role" --policy-document "$trust" ;;
    *) leave "The role $role has another trust policy, which was left as it is: let it say this, too, by hand." "$trust" ;;
  esac
}

# Of a role or a user, as $1 says; then its name, the policy's, and the policy.
put_policy() {
  local same="PolicyDocument.[Version, [Statement][].$says] == \`$4\`.[Version, [Statement][].$says]"
  if ! ask NoSuchEntity iam "get-$1-policy" "--$1-name" "$2" --policy-name "$3" --query "$same"; then
    aws iam "put-$1-policy" "--$1-name" "$2" --policy-name "$3" --policy-document "$4"
  elif [ "$answer" != True ]; then
    leave "The $1 $2 has another policy $3, which was left as it is: let it say just this by hand." "$4"
  fi
}

make_role() {
  # A user that was just made is not known everywhere at once: a trust policy that names it is refused meanwhile.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    aws iam create-role --role-name "$role" --assume-role-policy-document "$trust" \
      --max-session-duration @LONGEST@ --tags "Key=@TAG@,Value=$mark" > /dev/null && return
    sleep 3
  done
  stop "The role could not be made."
}

echo "Step 2: the bucket"
ask 'Not Found|Forbidden' s3api head-bucket --bucket "$bucket" --expected-bucket-owner "$account" || make_bucket
ask NoSuchTagSet s3api get-bucket-tagging --bucket "$bucket" --query "TagSet[?Key=='@TAG@'].Value" || answer=
if is_ours "$answer"; then
  aws s3api put-public-access-block --bucket "$bucket" --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
  aws s3api put-bucket-ownership-controls --bucket "$bucket" \
    --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
  encrypt
  remove_incomplete
  put_bucket_policy
else
  leave "The bucket $bucket was there before and was left as it is: choose another name, or set CHANGE_EXISTING=1."
fi

echo "Step 3: the user"
if ask NoSuchEntity iam get-user --user-name "$user" --query "User.Tags[?Key=='@TAG@'].Value"; then
  is_ours "$answer" || stop "The user $user was there before: choose another name, or set CHANGE_EXISTING=1."
else
  aws iam create-user --user-name "$user" --tags "Key=@TAG@,Value=$mark" > /dev/null
fi

echo "Step 4: the role"
if ask NoSuchEntity iam get-role --role-name "$role" --query "Role.Tags[?Key=='@TAG@'].Value"; then
  is_ours "$answer" || stop "The role $role was there before: choose another name, or set CHANGE_EXISTING=1."
  put_trust
else
  make_role
fi
put_policy role "$role" @ROLE_POLICY@ "$permissions"

echo "Step 5: the user's policy"
put_policy user "$user" @USER_POLICY@ "$user_policy"

echo "The role for the destination in Sandglass: arn:@PARTITION@:iam::$account:role/$role"
echo "Step 1, STS in the region, can be looked at in the console only. Make the user's access key there, too."
exit "$status"
